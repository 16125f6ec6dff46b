import Columns

/// One end of a range of values, as statistics and the column index hold it.
struct Bound: Equatable {
  var bytes: [UInt8]
  /// Whether a value is equal to it; else it was cut.
  var isExact = true

  /// The longest bound that is written; a longer one is cut.
  static let limit = 64

  /// The value at `place` as a lower bound; zeros are widened to both signs.
  static func lower(_ column: borrowing Column, _ place: Int, _ physical: Physical) -> Bound {
    guard column.storage == .bytes else { return fixed(column, place, physical, zero: -0.0) }
    // SAFETY: the place is below `column.count`.
    let bytes = unsafe Array(column.bytes(at: place))
    guard bytes.count > limit else { return Bound(bytes: bytes) }
    return Bound(bytes: cut(bytes, column.leaf.type != .binary), isExact: false)
  }

  /// The value at `place` as an upper bound: cut and then raised; nil if that cannot be.
  static func upper(_ column: borrowing Column, _ place: Int, _ physical: Physical) -> Bound? {
    guard column.storage == .bytes else { return fixed(column, place, physical, zero: 0.0) }
    // SAFETY: the place is below `column.count`.
    let bytes = unsafe Array(column.bytes(at: place))
    guard bytes.count > limit else { return Bound(bytes: bytes) }
    let isText = column.leaf.type != .binary
    var bound = cut(bytes, isText)
    // Raising an ASCII byte keeps text valid; the bytes of other characters are dropped.
    while let last = bound.popLast() {
      if isText ? last < 0x7f : last < 0xff {
        return Bound(bytes: bound + [last + 1], isExact: false)
      }
    }
    return nil
  }

  /// A value of a fixed length, as PLAIN writes it.
  private static func fixed(
    _ column: borrowing Column,
    _ place: Int,
    _ physical: Physical,
    zero: Double
  ) -> Bound {
    var buffer = ByteBuffer(capacity: 16)
    // SAFETY: values are read with the type that the storage names.
    switch column.storage {
    case .float where unsafe physical == .fixed(2) && column.values(as: Float.self)[place] == 0:
      buffer.append(littleEndian16: Float16(zero).bitPattern)
    case .float where unsafe column.values(as: Float.self)[place] == 0:
      buffer.append(littleEndian: Float(zero).bitPattern)
    case .double where unsafe column.values(as: Double.self)[place] == 0:
      buffer.append(littleEndian: UInt32(truncatingIfNeeded: zero.bitPattern))
      buffer.append(littleEndian: UInt32(truncatingIfNeeded: zero.bitPattern >> 32))
    default: PlainEncoder.append(column, place..<place + 1, as: physical, to: &buffer)
    }
    return unsafe Bound(bytes: Array(buffer.bytes))
  }

  private static func cut(_ bytes: [UInt8], _ isText: Bool) -> [UInt8] {
    var end = limit
    while isText, end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }
}
