/// Hashing and comparing short byte strings, eight bytes at a time.
enum ByteHash {
  // SAFETY: both functions read `count` bytes from each pointer, no more.
  @inline(__always)
  static func hash(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: count) &* 0xa076_1d64_78bd_642f
    var offset = 0
    while offset + 8 <= count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state = scrambled(state ^ word)
      offset += 8
    }
    return unsafe scrambled(state ^ tail(bytes + offset, count - offset))
  }

  @inline(__always)
  static func equal(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    var offset = 0
    while offset + 8 <= count {
      let one = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let two = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if one != two { return false }
      offset += 8
    }
    return unsafe tail(left + offset, count - offset) == tail(right + offset, count - offset)
  }

  @inline(__always)
  private static func tail(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    var offset = 0
    if count & 4 != 0 {
      rest = unsafe UInt64(bytes.loadUnaligned(as: UInt32.self))
      shift = 32
      offset = 4
    }
    if count & 2 != 0 {
      rest |= unsafe UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << shift
      shift += 16
      offset += 2
    }
    if count & 1 != 0 {
      rest |= unsafe UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self)) << shift
    }
    return rest
  }
}
