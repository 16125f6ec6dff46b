import Columns

/// Which values of a column are meant.
enum Places {
  case range(Range<Int>)
  case list([UInt32])

  var first: Int? {
    switch self {
    case .range(let range): range.isEmpty ? nil : range.lowerBound
    case .list(let list): list.first.map(Int.init)
    }
  }

  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    switch self {
    case .range(let range): for place in range { body(place) }
    case .list(let list): for place in list { body(Int(place)) }
    }
  }
}

/// Where the least and the greatest of some values stand, by the order of the column's type.
///
/// Places rather than values, so that the extremes of a chunk are those of its pages' extremes.
struct Extremes {
  var low: Int
  var high: Int

  /// Nil where there is no value but NaN.
  init?(_ column: borrowing Column, _ places: Places) {
    guard let first = places.first else { return nil }
    low = first
    high = first
    // SAFETY: values are read with the type that the storage names, places are below `count`.
    switch column.storage {
    case .boolean: unsafe find(column.values(as: UInt8.self), places) { $0 }
    case .int32 where column.leaf.type.isUnsigned:
      unsafe find(column.values(as: UInt32.self), places) { $0 }
    case .int32: unsafe find(column.values(as: Int32.self), places) { $0 }
    case .int64 where column.leaf.type.isUnsigned:
      unsafe find(column.values(as: UInt64.self), places) { $0 }
    case .int64: unsafe find(column.values(as: Int64.self), places) { $0 }
    case .int128: unsafe find(column.values(as: Int128.self), places) { $0 }
    case .fixed16: unsafe find(column.values(as: UInt128.self), places) { UInt128(bigEndian: $0) }
    case .float:
      guard unsafe findNumbers(column.values(as: Float.self), places) else { return nil }
    case .double:
      guard unsafe findNumbers(column.values(as: Double.self), places) else { return nil }
    case .bytes: findStrings(column, places)
    }
  }

  @inline(__always)
  private mutating func find<Value, Key: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>,
    _ places: Places,
    _ key: (Value) -> Key
  ) {
    var least = unsafe key(values[low])
    var greatest = least
    if case .range(let range) = places {
      // The values alone first, which the compiler does several at a time.
      for place in range {
        let value = unsafe key(values[place])
        least = min(least, value)
        greatest = max(greatest, value)
      }
      while unsafe key(values[low]) != least { low += 1 }
      while unsafe key(values[high]) != greatest { high += 1 }
      return
    }
    var (low, high) = (low, high)
    places.forEach { place in
      let value = unsafe key(values[place])
      if value < least { (least, low) = (value, place) }
      if value > greatest { (greatest, high) = (value, place) }
    }
    (self.low, self.high) = (low, high)
  }

  /// False if all are NaN, which has no place in the order.
  private mutating func findNumbers<Value: BinaryFloatingPoint>(
    _ values: UnsafeBufferPointer<Value>,
    _ places: Places
  ) -> Bool {
    var least = Value.infinity
    var greatest = -Value.infinity
    var (low, high) = (low, high)
    places.forEach { place in
      let value = unsafe values[place]
      if value < least { (least, low) = (value, place) }
      if value > greatest { (greatest, high) = (value, place) }
    }
    // Infinity is not below the start of the search: it may be all that there is.
    if least == .infinity || greatest == -.infinity {
      var isOrdered = false
      places.forEach { place in
        let value = unsafe values[place]
        if value.isNaN { return }
        isOrdered = true
        if value == least { low = place }
        if value == greatest { high = place }
      }
      guard isOrdered else { return false }
    }
    (self.low, self.high) = (low, high)
    return true
  }

  /// Byte strings are ordered as unsigned bytes.
  private mutating func findStrings(_ column: borrowing Column, _ places: Places) {
    var (low, high) = (low, high)
    var lowKey = unsafe Self.prefix(column.bytes(at: low))
    var highKey = lowKey
    func look(_ place: Int, _ column: borrowing Column) {
      let bytes = unsafe column.bytes(at: place)
      let key = unsafe Self.prefix(bytes)
      if key <= lowKey, unsafe key < lowKey || Self.isLess(bytes, column.bytes(at: low)) {
        (low, lowKey) = (place, key)
      }
      if key >= highKey, unsafe key > highKey || Self.isLess(column.bytes(at: high), bytes) {
        (high, highKey) = (place, key)
      }
    }
    switch places {
    case .range(let range): for place in range { look(place, column) }
    case .list(let list): for place in list { look(Int(place), column) }
    }
    (self.low, self.high) = (low, high)
  }

  /// The first eight bytes as a number that orders like them.
  @inline(__always)
  private static func prefix(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if bytes.count >= 8 {
      return unsafe UInt64(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt64.self))
    }
    var key: UInt64 = 0
    for index in bytes.indices {
      key |= unsafe UInt64(bytes[index]) << UInt64(56 - index * 8)
    }
    return key
  }

  private static func isLess(
    _ left: UnsafeBufferPointer<UInt8>,
    _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    unsafe left.lexicographicallyPrecedes(right)
  }
}

extension ColumnType {
  /// Whether the values are ordered as unsigned numbers.
  var isUnsigned: Bool {
    if case .integer(let width) = self { !width.isSigned } else { false }
  }
}
