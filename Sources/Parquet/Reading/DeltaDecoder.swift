/// DELTA_BINARY_PACKED, and the two encodings of byte strings that are built on it.
///
/// Specification: parquet-format, Encodings.md, "Delta Encoding".
enum DeltaDecoder {
  /// Gives `count` integers; sums wrap, so that those of 32 bits are the lowest bits.
  static func read(
    _ count: Int,
    from reader: inout ByteReader,
    _ body: (Int, Int64) -> Void
  ) throws(ReadError) {
    let block = try reader.varint()
    let miniblocks = try reader.varint()
    let total = try reader.varint()
    var value = try reader.zigzag()
    guard miniblocks > 0, block > 0, block <= 1 << 20, block % 128 == 0, miniblocks <= block / 32,
      block % miniblocks == 0, block / miniblocks % 32 == 0
    else { throw .malformed("deltas in blocks of \(block) values in \(miniblocks) parts") }
    guard total == UInt64(count) else { throw .malformed("\(total) deltas for \(count) values") }
    guard count > 0 else { return }
    body(0, value)
    let size = Int(block / miniblocks)
    var index = 1
    while index < count {
      let least = try reader.zigzag()
      // SAFETY: the widths stay where they are while the reader goes on.
      let widths = unsafe try reader.take(Int(miniblocks))
      for number in 0..<Int(miniblocks) where index < count {
        let width = unsafe Int(widths[number])
        guard width <= 64 else { throw .malformed("deltas of \(width) bits") }
        let bytes = unsafe try reader.take(size / 8 * width)
        let values = min(size, count - index)
        unsafe RunLengthDecoder.unpack(bytes, width, values) { place, delta in
          value = value &+ least &+ Int64(bitPattern: delta)
          body(index + place, value)
        }
        index += values
      }
    }
  }

  /// Reads `count` lengths, none of them negative or longer than `limit`.
  static func lengths(
    _ count: Int,
    from reader: inout ByteReader,
    limit: Int
  ) throws(ReadError) -> [Int] {
    // A block of any width takes a byte for each part at least, which bounds what a page can ask.
    var lengths = [Int](repeating: 0, count: count)
    var isValid = true
    try read(count, from: &reader) { index, value in
      if value < 0 || value > limit { isValid = false }
      lengths[index] = Int(value)
    }
    guard isValid else { throw .malformed("a length below nothing or beyond its page") }
    return lengths
  }
}
