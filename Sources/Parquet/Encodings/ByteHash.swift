/// Hashing and comparing byte strings, eight bytes at a time; the last eight overlap those before.
///
/// Eight bytes may be read where a string begins, whatever its length: a short one is cut from them.
enum ByteHash {
  // SAFETY: the functions read `count` bytes from each pointer, or eight if those are fewer.
  @inline(__always)
  static func hash(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: count) &* 0xa076_1d64_78bd_642f
    guard count > 8 else { return unsafe scrambled(state ^ short(bytes, count)) }
    var offset = 0
    while offset + 8 < count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state = scrambled(state ^ word)
      offset += 8
    }
    return unsafe scrambled(
      state ^ bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    )
  }

  @inline(__always)
  static func equal(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    guard count > 8 else { return unsafe short(left, count) == short(right, count) }
    var offset = 0
    while offset + 8 < count {
      let one = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let two = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if one != two { return false }
      offset += 8
    }
    let one = unsafe left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    return unsafe one == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
  }

  /// Up to eight bytes, the first one lowest.
  @inline(__always)
  private static func short(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    // A shift by all 64 leaves nothing.
    return word & (UInt64.max >> UInt64(64 &- count &* 8))
  }
}
