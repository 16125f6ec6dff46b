import ConnectorKit
import Wire

// SAFETY, for the whole file: the buffer is its own; `start` and `filled` stay within `capacity`,
// and 32 bytes follow that.

/// The part of a text that is being read; it grows only for a row that is longer.
///
/// After the text stands a line feed that is not part of it, so that searches end there.
@safe
struct TextBuffer: ~Copyable {
  static let rowLimit = 64 << 20
  private static let slack = 32

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 18
  private var filled = 0
  private(set) var start = 0
  /// The place in the text of the buffer's first byte.
  private var offset = 0
  /// Whether nothing follows what the buffer holds.
  private(set) var isLast = false

  init() {
    unsafe base = .allocate(capacity: capacity + Self.slack)
    seal()
  }

  deinit { unsafe base.deallocate() }

  var position: Position { unsafe Position(base) + start }
  var end: Position { unsafe Position(base) + filled }
  /// The place in the text up to which it has been consumed.
  var consumed: Int { offset + start }

  /// Everything before `position` has been dealt with.
  mutating func consume(to position: Position) { start = unsafe position - Position(base) }

  /// Forgets what it holds: the text goes on at `offset`.
  mutating func restart(at offset: Int) {
    start = 0
    filled = 0
    self.offset = offset
    isLast = false
    seal()
  }

  /// Reads more text behind what is not yet consumed; false if a row is longer than the limit.
  mutating func fill(from source: inout TextSource) throws(Failure) -> Bool {
    let rest = filled - start
    if start > 0 {
      unsafe base.update(from: base + start, count: rest)
      offset += start
      start = 0
      filled = rest
    }
    if capacity - filled < 64 {
      guard capacity < Self.rowLimit else { return false }
      let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + Self.slack)
      unsafe grown.update(from: base, count: filled)
      unsafe base.deallocate()
      unsafe base = unsafe grown
      capacity *= 2
    }
    // Rows that wait for their end are scanned anew after each read: let it be a large one.
    while filled < capacity {
      let room = unsafe UnsafeMutableRawBufferPointer(
        start: base + filled,
        count: capacity - filled
      )
      // A translation needs room for a few characters.
      if room.count < 64 { break }
      let count = unsafe try source.read(into: room)
      filled += count
      isLast = count == 0
      if isLast || filled - rest >= capacity / 2 { break }
    }
    seal()
    return true
  }

  private mutating func seal() {
    unsafe (base + filled).update(repeating: 0, count: Self.slack)
    unsafe base[filled] = 0x0A
  }
}
