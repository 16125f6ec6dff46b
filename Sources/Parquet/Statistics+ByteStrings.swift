import Columns

extension Statistics {
  /// Takes the bounds of byte strings, which are ordered as unsigned bytes.
  mutating func setByteStrings(
    _ column: borrowing Column,
    _ places: UnsafeBufferPointer<UInt32>?
  ) {
    // SAFETY: places lie below `column.count`, the bytes of a value inside the heap.
    let count = unsafe places?.count ?? column.count
    var low = 0
    var high = 0
    var lowKey = UInt64.max
    var highKey = UInt64.min
    for index in 0..<count {
      let place = unsafe places.map { unsafe Int($0[index]) } ?? index
      let bytes = unsafe column.bytes(at: place)
      let key = unsafe Self.prefix(bytes)
      if index == 0 {
        (low, high, lowKey, highKey) = (place, place, key, key)
        continue
      }
      if key <= lowKey, unsafe key < lowKey || Self.isLess(bytes, column.bytes(at: low)) {
        (low, lowKey) = (place, key)
      }
      if key >= highKey, unsafe key > highKey || Self.isLess(column.bytes(at: high), bytes) {
        (high, highKey) = (place, key)
      }
    }
    let isText = column.leaf.type != .binary
    (minimum, minimumIsExact) = unsafe Self.lower(Array(column.bytes(at: low)), isText)
    (maximum, maximumIsExact) = unsafe Self.upper(Array(column.bytes(at: high)), isText)
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

  /// A lower bound of at most `boundLimit` bytes; text is cut between characters.
  static func lower(_ bytes: [UInt8], _ isText: Bool) -> ([UInt8]?, Bool) {
    guard bytes.count > boundLimit else { return (bytes, true) }
    return (cut(bytes, isText), false)
  }

  /// An upper bound of at most `boundLimit` bytes: cut and then raised; nil if that cannot be.
  static func upper(_ bytes: [UInt8], _ isText: Bool) -> ([UInt8]?, Bool) {
    guard bytes.count > boundLimit else { return (bytes, true) }
    var bound = cut(bytes, isText)
    // Raising an ASCII byte keeps text valid; the bytes of other characters are dropped.
    while let last = bound.last {
      bound.removeLast()
      if isText ? last < 0x7f : last < 0xff { return (bound + [last + 1], false) }
    }
    return (nil, false)
  }

  private static func cut(_ bytes: [UInt8], _ isText: Bool) -> [UInt8] {
    var end = boundLimit
    while isText, end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }
}
