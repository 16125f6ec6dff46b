/// DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY: byte strings behind their lengths, the latter
/// without what each shares with the one before it.
///
/// Specification: parquet-format, Encodings.md, "Delta-length byte array" and "Delta Strings".
enum DeltaBytesEncoder {
  // SAFETY, for the whole file: `bytes` gives strings that stay as they are during the call.

  /// Appends all lengths, then all bytes.
  static func appendLengths(
    _ count: Int,
    to buffer: inout ByteBuffer,
    bytes: (Int) -> UnsafeRawBufferPointer
  ) {
    DeltaEncoder.append(count, to: &buffer) { unsafe Int32(truncatingIfNeeded: bytes($0).count) }
    for index in 0..<count { unsafe buffer.append(bytes(index)) }
  }

  /// Appends the lengths of the shared prefixes, then the rests as `appendLengths` does.
  static func appendSuffixes(
    _ count: Int,
    to buffer: inout ByteBuffer,
    bytes: (Int) -> UnsafeRawBufferPointer
  ) {
    var shared = [Int32](repeating: 0, count: count)
    for index in 0..<count where index > 0 {
      shared[index] = Int32(truncatingIfNeeded: unsafe prefix(bytes(index - 1), bytes(index)))
    }
    DeltaEncoder.append(count, to: &buffer) { shared[$0] }
    unsafe appendLengths(count, to: &buffer) { index in
      unsafe UnsafeRawBufferPointer(rebasing: bytes(index)[Int(shared[index])...])
    }
  }

  private static func prefix(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int
  {
    let limit = min(left.count, right.count)
    var length = 0
    while length < limit, unsafe left[length] == right[length] { length += 1 }
    return length
  }
}
