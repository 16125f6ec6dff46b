/// The hybrid of run lengths and bit packing, for levels and dictionary indices.
///
/// Specification: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
enum RunLengthEncoder {
  /// The number of bits that hold every value up to `max`.
  static func width(forMax max: Int) -> Int { Int.bitWidth - max.leadingZeroBitCount }

  /// Appends `count` values, none of them wider than `width` bits.
  static func append<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ values: UnsafePointer<Value>,
    count: Int,
    width: Int,
    to buffer: inout ByteBuffer
  ) {
    // SAFETY: reads stay below `count`; the packer reads whole groups or a padded copy.
    var start = 0
    var index = 0
    while index < count {
      let run = unsafe runLength(values + index, count - index)
      if run >= 8 {
        // A packed run holds whole groups of eight, which `index - start` is by construction.
        unsafe appendPacked(values + start, index - start, width, to: &buffer)
        buffer.append(varint: UInt64(run) << 1)
        let value = unsafe UInt32(truncatingIfNeeded: values[index])
        for byte in 0..<((width + 7) / 8) {
          buffer.append(UInt8(truncatingIfNeeded: value >> (UInt32(byte) * 8)))
        }
        index += run
        start = index
      } else {
        index += min(8, count - index)
      }
    }
    unsafe appendPacked(values + start, count - start, width, to: &buffer)
  }

  /// Appends `count` times the same value.
  static func appendRun(_ value: UInt32, count: Int, width: Int, to buffer: inout ByteBuffer) {
    guard count > 0 else { return }
    buffer.append(varint: UInt64(count) << 1)
    for byte in 0..<((width + 7) / 8) {
      buffer.append(UInt8(truncatingIfNeeded: value >> (UInt32(byte) * 8)))
    }
  }

  @inline(__always)
  private static func runLength<Value: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafePointer<Value>,
    _ count: Int
  ) -> Int {
    let first = unsafe values[0]
    var length = 1
    while length < count, unsafe values[length] == first { length += 1 }
    return length
  }

  private static func appendPacked<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ values: UnsafePointer<Value>,
    _ count: Int,
    _ width: Int,
    to buffer: inout ByteBuffer
  ) {
    guard count > 0 else { return }
    let groups = (count + 7) / 8
    buffer.append(varint: UInt64(groups) << 1 | 1)
    // SAFETY: eight bytes more than the groups need, as the last store may reach over.
    let target = unsafe buffer.room(groups * width + 8)
    var bits: UInt64 = 0
    var filled = 0
    var offset = 0
    for index in 0..<count {
      bits |= unsafe UInt64(truncatingIfNeeded: values[index]) << UInt64(filled)
      filled += width
      if filled >= 32 {
        unsafe target.storeBytes(
          of: UInt32(truncatingIfNeeded: bits),
          toByteOffset: offset,
          as: UInt32.self
        )
        offset += 4
        bits >>= 32
        filled -= 32
      }
    }
    let end = groups * width
    while offset < end {
      unsafe target.storeBytes(
        of: UInt8(truncatingIfNeeded: bits),
        toByteOffset: offset,
        as: UInt8.self
      )
      bits >>= 8
      offset += 1
    }
    buffer.advance(end)
  }
}
