/// DELTA_BINARY_PACKED: integers as bit-packed distances from their neighbours.
///
/// Blocks of 128 values in four miniblocks. Distances wrap in the width of the type, as readers'
/// sums do, so that none takes more bits than a value.
/// Specification: parquet-format, Encodings.md, "Delta Encoding".
enum DeltaEncoder {
  private static let block = 128
  private static let miniblock = 32

  /// Appends `count` values, of which `value` gives each.
  @inline(__always)
  static func append<Value: FixedWidthInteger & SignedInteger>(
    _ count: Int,
    to buffer: inout ByteBuffer,
    value: (Int) -> Value
  ) where Value.Magnitude: UnsignedInteger {
    buffer.append(varint: UInt64(block))
    buffer.append(varint: UInt64(block / miniblock))
    buffer.append(varint: UInt64(count))
    buffer.append(varint: zigzag(count == 0 ? 0 : Int64(value(0))))
    var deltas: [Value] = []
    deltas.reserveCapacity(block)
    var previous = count == 0 ? 0 : value(0)
    var index = 1
    while index < count {
      let end = min(index + block, count)
      deltas.removeAll(keepingCapacity: true)
      for place in index..<end {
        let next = value(place)
        deltas.append(next &- previous)
        previous = next
      }
      append(block: deltas, to: &buffer)
      index = end
    }
  }

  private static func append<Value: FixedWidthInteger & SignedInteger>(
    block deltas: [Value],
    to buffer: inout ByteBuffer
  ) {
    let least = deltas.min() ?? 0
    buffer.append(varint: zigzag(Int64(least)))
    var bits: [UInt64] = deltas.map { delta in
      UInt64(truncatingIfNeeded: Value.Magnitude(truncatingIfNeeded: delta &- least))
    }
    bits += repeatElement(0, count: block - bits.count)
    let widths = stride(from: 0, to: block, by: miniblock).map { start in
      64 - bits[start..<start + miniblock].reduce(0, |).leadingZeroBitCount
    }
    for width in widths { buffer.append(UInt8(width)) }
    for (number, width) in widths.enumerated() where number * miniblock < deltas.count {
      pack(bits[number * miniblock..<(number + 1) * miniblock], width, to: &buffer)
    }
  }

  /// Packs one miniblock: 4 x `width` bytes, lowest bits first.
  private static func pack(_ values: ArraySlice<UInt64>, _ width: Int, to buffer: inout ByteBuffer)
  {
    // SAFETY: eight bytes more than are filled, as the last store may reach over.
    let target = unsafe buffer.room(4 * width + 8)
    var bits: UInt64 = 0
    var filled = 0
    var offset = 0
    for value in values {
      bits |= value << UInt64(filled)
      filled += width
      guard filled >= 64 else { continue }
      unsafe target.storeBytes(of: bits.littleEndian, toByteOffset: offset, as: UInt64.self)
      offset += 8
      filled -= 64
      // A shift by 64, where nothing is left over, gives 0.
      bits = value >> UInt64(width - filled)
    }
    if filled > 0 {
      unsafe target.storeBytes(of: bits.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
    buffer.advance(4 * width)
  }

  private static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: value << 1 ^ value >> 63)
  }
}
