/// A place in a buffer of text.
typealias Position = UnsafePointer<UInt8>
/// A place in a buffer that is written.
typealias Output = UnsafeMutablePointer<UInt8>

// SAFETY, for the whole file: buffers have room for sixteen bytes after their last, so that as many
// may be read or written at each of their places.

/// Eight bytes at once, in one machine word.
enum Word {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func load(_ p: Position) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  static func store(_ word: UInt64, _ out: Output) {
    unsafe UnsafeMutableRawPointer(out).storeBytes(of: word.littleEndian, as: UInt64.self)
  }

  /// A mask of the first `count` bytes, 0 to 8 of them.
  @inline(__always)
  static func mask(_ count: Int) -> UInt64 {
    count >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
  }

  /// The high bit of each byte that is no digit.
  @inline(__always)
  static func nonDigits(_ word: UInt64) -> UInt64 {
    let digits = word ^ (ones &* 0x30)
    // Without the high bits nothing is carried from one byte into the next.
    return (((digits & (ones &* 0x7F)) &+ (ones &* 0x76)) | digits) & highs
  }

  /// Copies `count` bytes; up to seven more are written.
  @inline(__always)
  static func copy(_ start: Position, _ count: Int, to out: Output) {
    if count <= 16 {
      unsafe store(load(start), out)
      if count > 8 { unsafe store(load(start + 8), out + 8) }
    } else {
      unsafe out.update(from: start, count: count)
    }
  }
}
