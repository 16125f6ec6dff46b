/// BYTE_STREAM_SPLIT: the first byte of every value, then the second of every value, and so on.
///
/// The same bytes as PLAIN in another order, which compresses better where only low bytes vary.
/// Specification: parquet-format, Encodings.md, "Byte Stream Split".
enum ByteStreamSplit {
  /// Reorders what was appended in PLAIN since `start`: values of `width` bytes.
  static func reorder(_ page: inout ByteBuffer, from start: Int, width: Int) {
    let size = page.count - start
    let count = size / width
    // SAFETY: `room` makes place behind the values for as much as they take; both parts are
    // `size` bytes long and do not overlap.
    let target = unsafe page.room(size)
    let source = unsafe target - size
    for byte in 0..<width {
      for index in 0..<count {
        unsafe (target + byte * count + index).copyMemory(
          from: source + index * width + byte,
          byteCount: 1
        )
      }
    }
    unsafe source.copyMemory(from: target, byteCount: size)
  }
}
