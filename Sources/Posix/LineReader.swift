internal import CLinux
internal import Glibc

/// Reads a descriptor in large blocks and lends regions of whole lines.
///
/// What follows the last line feed of a block is carried to the front of the next. A region is
/// valid until the next is asked for.
@safe
package struct LineReader: ~Copyable {
  /// Why no region came.
  package enum Problem: Error, Hashable {
    case system(PosixError)
    /// A line, after so many whole lines, is longer than the limit.
    case tooLong(limit: Int)
    /// What gives the bytes cannot go on.
    case source(String)
  }

  /// Fills some of the room and returns how much; 0 is the end.
  package typealias Source = (UnsafeMutableRawBufferPointer) throws(Problem) -> Int

  /// Whether the input ended in a line without a line feed, which was the last region.
  package private(set) var endedWithoutNewline = false
  /// The nanoseconds spent waiting for input.
  package private(set) var waited: UInt64 = 0
  /// Asked when a signal interrupts the wait: true ends the input here, without what is unfinished.
  private let shouldStop: () -> Bool
  /// Whether `shouldStop` ended the input.
  package private(set) var wasStopped = false

  private let source: Source?
  private let descriptor: Int32
  private let limit: Int
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var start = 0
  private var filled = 0
  private var isAtEnd = false

  /// Reads from `descriptor`, which stays the caller's; lines may be `limit` bytes long.
  package init(
    _ descriptor: Int32,
    limit: Int = 64 << 20,
    block: Int = 1 << 20,
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.descriptor = descriptor
    unsafe source = nil
    self.limit = limit
    self.shouldStop = shouldStop
    capacity = block
    unsafe buffer = .allocate(capacity: block)
    // A larger pipe means fewer switches between its two ends; not every kernel grants it.
    _ = clinux_set_pipe_size(descriptor, Int32(block))
  }

  /// Reads what `source` gives.
  package init(limit: Int = 64 << 20, block: Int = 1 << 20, from source: @escaping Source) {
    descriptor = -1
    unsafe self.source = source
    self.limit = limit
    shouldStop = { false }
    capacity = block
    unsafe buffer = .allocate(capacity: block)
  }

  // SAFETY: the buffer is the reader's own.
  deinit { unsafe buffer.deallocate() }

  /// The next whole lines, their line feeds included; nil at the end.
  package mutating func next() throws(Problem) -> UnsafeRawBufferPointer? {
    carry()
    while !isAtEnd {
      if filled == capacity { try grow() }
      let room = unsafe UnsafeMutableRawBufferPointer(
        start: buffer + filled,
        count: capacity - filled
      )
      let count = unsafe try receive(room)
      guard count > 0 else {
        isAtEnd = true
        break
      }
      let old = filled
      filled += count
      if let feed = unsafe clinux_last_byte(buffer + old, 0x0A, count) {
        start = unsafe UnsafeRawPointer(feed) - UnsafeRawPointer(buffer) + 1
        return unsafe UnsafeRawBufferPointer(start: buffer, count: start)
      }
    }
    guard filled > 0, !wasStopped else { return nil }
    endedWithoutNewline = true
    start = filled
    return unsafe UnsafeRawBufferPointer(start: buffer, count: filled)
  }

  /// Moves what the last region left to the front.
  private mutating func carry() {
    guard start > 0 else { return }
    unsafe memmove(buffer, buffer + start, filled - start)
    filled -= start
    start = 0
  }

  private mutating func grow() throws(Problem) {
    guard capacity < limit else { throw .tooLong(limit: limit) }
    let larger = min(capacity * 2, limit)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe new.initialize(from: buffer, count: filled)
    unsafe buffer.deallocate()
    unsafe buffer = unsafe new
    capacity = larger
  }

  private mutating func receive(_ room: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
    if let source = unsafe source { return unsafe try source(room) }
    let before = Clock.monotonic
    defer { waited += Clock.monotonic - before }
    while true {
      if shouldStop() {
        wasStopped = true
        return 0
      }
      let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      if count >= 0 { return count }
      if errno != EINTR { throw .system(PosixError("read", "standard input")) }
    }
  }
}
