package import Columns

extension RowValue {
  /// The value at `index` of a column, below its `count`.
  package init(_ column: borrowing Column, at index: Int) {
    // SAFETY: values are read with the type that the storage names.
    switch column.storage {
    case .boolean: self = .boolean(unsafe column.values(as: UInt8.self)[index] != 0)
    case .int32: self.init(Int64(unsafe column.values(as: Int32.self)[index]), column.leaf.type)
    case .int64: self.init(unsafe column.values(as: Int64.self)[index], column.leaf.type)
    case .int128:
      self = .number(Self.decimal(unsafe column.values(as: Int128.self)[index], column.leaf.type))
    case .float where column.leaf.type == .float16:
      self.init(Float16(unsafe column.values(as: Float.self)[index]))
    case .float: self.init(unsafe column.values(as: Float.self)[index])
    case .double: self.init(unsafe column.values(as: Double.self)[index])
    case .bytes:
      let bytes = unsafe column.bytes(at: index)
      if column.leaf.type == .binary {
        self = unsafe .bytes(Array(bytes))
      } else {
        self = unsafe .text(String(decoding: bytes, as: UTF8.self))
      }
    case .fixed16:
      self = .text(Self.uuid(UInt128(bigEndian: unsafe column.values(as: UInt128.self)[index])))
    }
  }

  private init(_ value: Int64, _ type: ColumnType) {
    switch type {
    case .date: self = .text(CalendarText.date(value))
    case .time(let unit): self = .text(CalendarText.time(value, unit))
    case .timestamp(let unit, let utc): self = .text(CalendarText.timestamp(value, unit, utc: utc))
    case .integer(.u32): self = .number(String(UInt32(truncatingIfNeeded: value)))
    case .integer(.u64): self = .number(String(UInt64(bitPattern: value)))
    default: self = .number(Self.decimal(Int128(value), type))
    }
  }

  private init(_ value: some BinaryFloatingPoint & LosslessStringConvertible) {
    self = value.isFinite ? .number(value.description) : .text(value.description)
  }

  private static func decimal(_ value: Int128, _ type: ColumnType) -> String {
    guard case .decimal(_, let scale) = type, scale > 0 else { return String(value) }
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    return "\(value < 0 ? "-" : "")\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }

  private static func uuid(_ value: UInt128) -> String {
    var digits = String(value, radix: 16)
    digits = String(repeating: "0", count: 32 - digits.utf8.count) + digits
    var text = ""
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { text += "-" }
      text.append(digit)
    }
    return text
  }
}
