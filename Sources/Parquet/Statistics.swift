import Columns

/// The bounds and the null count of one column chunk.
struct Statistics: Equatable {
  var minimum: [UInt8]?
  var maximum: [UInt8]?
  var minimumIsExact = true
  var maximumIsExact = true
  var nulls = 0

  /// The longest bound that is written; a longer one is cut.
  static let boundLimit = 64

  func write(to thrift: inout ThriftWriter) {
    thrift.i64(3, nulls)
    if let maximum { thrift.binary(5, maximum) }
    if let minimum { thrift.binary(6, minimum) }
    if maximum != nil { thrift.bool(7, maximumIsExact) }
    if minimum != nil { thrift.bool(8, minimumIsExact) }
  }

  /// Measures `column`; `places` names where each distinct value stands, if that is known.
  init(
    _ column: borrowing Column,
    _ physical: Physical,
    places: UnsafeBufferPointer<UInt32>?
  ) {
    nulls = column.slots - column.count
    guard column.count > 0 else { return }
    // SAFETY: values are read with the type that the storage names, places are below `count`.
    switch column.storage {
    case .boolean:
      unsafe set(Self.bounds(column.values(as: UInt8.self), places, { $0 }), width: 1)
    case .int32:
      let values = unsafe column.values(as: Int32.self)
      if column.leaf.type.isUnsigned {
        unsafe set(Self.bounds(values, places, { UInt32(bitPattern: $0) }), width: 4)
      } else {
        unsafe set(Self.bounds(values, places, { $0 }), width: 4)
      }
    case .int64:
      let values = unsafe column.values(as: Int64.self)
      if column.leaf.type.isUnsigned {
        unsafe set(Self.bounds(values, places, { UInt64(bitPattern: $0) }), width: 8)
      } else {
        unsafe set(Self.bounds(values, places, { $0 }), width: physical.width ?? 8)
      }
    case .int128:
      let bounds = unsafe Self.bounds(column.values(as: Int128.self), places, { $0 })
      minimum = Self.bytes(bounds.0, physical.width ?? 16).reversed()
      maximum = Self.bytes(bounds.1, physical.width ?? 16).reversed()
    case .float:
      guard let bounds = unsafe Self.floats(column.values(as: Float.self), places) else { return }
      minimum = Self.bytes(bounds.0.bitPattern, 4)
      maximum = Self.bytes(bounds.1.bitPattern, 4)
    case .double:
      guard let bounds = unsafe Self.floats(column.values(as: Double.self), places) else { return }
      minimum = Self.bytes(bounds.0.bitPattern, 8)
      maximum = Self.bytes(bounds.1.bitPattern, 8)
    case .fixed16:
      let values = unsafe column.values(as: UInt128.self)
      let bounds = unsafe Self.bounds(values, places, { UInt128(bigEndian: $0) })
      minimum = Self.bytes(bounds.0, 16).reversed()
      maximum = Self.bytes(bounds.1, 16).reversed()
    case .bytes: unsafe setByteStrings(column, places)
    }
  }

  private mutating func set<Value: FixedWidthInteger>(_ bounds: (Value, Value), width: Int) {
    minimum = Self.bytes(bounds.0, width)
    maximum = Self.bytes(bounds.1, width)
  }

  private static func bytes(_ value: some FixedWidthInteger, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  @inline(__always)
  private static func bounds<Value, Key: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>,
    _ places: UnsafeBufferPointer<UInt32>?,
    _ key: (Value) -> Key
  ) -> (Key, Key) {
    var low = unsafe key(values[0])
    var high = low
    if let places = unsafe places {
      for index in places.indices {
        let value = unsafe key(values[Int(places[index])])
        low = min(low, value)
        high = max(high, value)
      }
    } else {
      for index in values.indices {
        let value = unsafe key(values[index])
        low = min(low, value)
        high = max(high, value)
      }
    }
    return (low, high)
  }

  /// The bounds without NaN, zeros widened to both signs; nil if nothing else is there.
  private static func floats<Value: BinaryFloatingPoint>(
    _ values: UnsafeBufferPointer<Value>,
    _ places: UnsafeBufferPointer<UInt32>?
  ) -> (Value, Value)? {
    var low = Value.infinity
    var high = -Value.infinity
    let count = unsafe places?.count ?? values.count
    for index in 0..<count {
      let value = unsafe values[places.map { unsafe Int($0[index]) } ?? index]
      if value < low { low = value }
      if value > high { high = value }
    }
    if low > high { return nil }
    return (low == 0 ? -0.0 : low, high == 0 ? 0.0 : high)
  }
}

extension ColumnType {
  /// Whether the values are ordered as unsigned numbers.
  var isUnsigned: Bool {
    if case .integer(let width) = self { !width.isSigned } else { false }
  }
}
