/// The hybrid of run lengths and bit packing, for levels, dictionary indices and booleans.
///
/// Specification: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
enum RunLengthDecoder {
  // SAFETY, for the whole file: every store is below `count`, of which `target` has room.

  /// Reads `count` values of `width` bits into `target`.
  static func read<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ count: Int,
    width: Int,
    from reader: inout ByteReader,
    into target: UnsafeMutablePointer<Value>
  ) throws(ReadError) {
    guard width <= Value.bitWidth else { throw .malformed("values of \(width) bits") }
    var done = 0
    while done < count {
      let header = try reader.varint()
      guard header >> 1 > 0, let length = Int(exactly: header >> 1) else {
        throw .malformed("an empty run")
      }
      if header & 1 == 0 {
        guard length <= count - done else { throw .malformed("a run longer than its page") }
        var value: UInt64 = 0
        for byte in 0..<((width + 7) / 8) { value |= UInt64(try reader.byte()) << UInt64(byte * 8) }
        unsafe (target + done).update(
          repeating: Value(truncatingIfNeeded: value),
          count: length
        )
        done += length
      } else {
        // The last group may be filled up with zeros.
        guard length <= (count - done + 7) / 8 else {
          throw .malformed("a run longer than its page")
        }
        let values = min(length * 8, count - done)
        let bytes = unsafe try reader.take(length * width)
        unsafe unpack(bytes, width, values) {
          unsafe target[done + $0] = Value(truncatingIfNeeded: $1)
        }
        done += values
      }
    }
  }

  /// Gives `count` values that are packed in `bytes`, lowest bits first.
  ///
  /// `bytes` holds them all, and `width` is at most 64.
  @inline(__always)
  static func unpack(
    _ bytes: UnsafeRawBufferPointer,
    _ width: Int,
    _ count: Int,
    _ body: (Int, UInt64) -> Void
  ) {
    let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    var bit = 0
    for index in 0..<count {
      let byte = bit >> 3
      let shift = UInt64(bit & 7)
      var value: UInt64 = 0
      if byte + 8 <= bytes.count {
        value = UInt64(
          littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self)
        )
      } else {
        for place in byte..<bytes.count {
          value |= UInt64(unsafe bytes[place]) << UInt64((place - byte) * 8)
        }
      }
      value >>= shift
      // Where the value reaches into a ninth byte.
      if Int(shift) + width > 64 { value |= UInt64(unsafe bytes[byte + 8]) << (64 - shift) }
      body(index, value & mask)
      bit += width
    }
  }
}
