internal import Synchronization

/// Large blocks of memory that go from one row group's columns to the next one's.
///
/// The fresh pages of a block cost more than what is then done with them, so a block that is freed
/// is kept for whoever wants one of its size; small ones are left to the allocator.
@safe
enum Blocks {
  /// Blocks below this many bytes are not kept.
  private static let least = 512 << 10
  /// At most this many bytes lie idle: the columns of one row group, up to half of which may be
  /// room that was never touched.
  private static let most = 32 << 20

  private static let idle = Mutex(Idle())

  /// A block of `bytes` bytes, aligned to 16 and uninitialised, that `give` takes back.
  static func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let kept = bytes < least ? nil : unsafe idle.withLock { unsafe $0.take(bytes) }
    return unsafe kept ?? .allocate(byteCount: bytes, alignment: 16)
  }

  /// Takes back a block of `bytes` bytes, which nobody uses any longer.
  ///
  /// One that grew into a larger one is better freed: no later row group begins that small.
  static func give(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes < least {
      unsafe block.deallocate()
    } else {
      idle.withLock { unsafe $0.keep(block, bytes, most: most) }
    }
  }
}

/// The blocks that nobody uses, the longest idle first.
// SAFETY: a block in the list belongs to the list alone, whose mutex orders its users.
@safe
private struct Idle: @unchecked Sendable {
  private var blocks: [(start: UnsafeMutableRawPointer, bytes: Int)] = unsafe []
  private var bytes = 0

  mutating func take(_ wanted: Int) -> UnsafeMutableRawPointer? {
    guard let place = unsafe blocks.lastIndex(where: { unsafe $0.bytes == wanted }) else {
      return nil
    }
    bytes -= wanted
    return unsafe blocks.remove(at: place).start
  }

  mutating func keep(_ block: UnsafeMutableRawPointer, _ size: Int, most: Int) {
    bytes += size
    unsafe blocks.append((block, size))
    while bytes > most {
      let oldest = unsafe blocks.removeFirst()
      bytes -= unsafe oldest.bytes
      unsafe oldest.start.deallocate()
    }
  }
}
