import Contracts
import JSON

// SAFETY, for the whole file: the buffer is this object's own, grown before it is written to; edits
// lie inside the line that was looked at last.

/// What is coerced of one stream's records, and how often that was done.
@safe
final class StreamCoercion {
  typealias Position = UnsafePointer<UInt8>

  let root: CoercionNode
  private var coercer: Coercer
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 12

  init(_ root: CoercionNode) {
    self.root = root
    coercer = Coercer(root)
    unsafe buffer = .allocate(capacity: capacity)
  }

  deinit { unsafe buffer.deallocate() }

  /// Finds what is to be coerced of the record at `start`; returns the position after it.
  func look(_ start: Position, _ end: Position) throws(JSONFault) -> Position {
    unsafe try coercer.record(start, end)
  }

  /// Counts what the last look has found.
  func count() { coercer.count() }

  /// How often values were coerced.
  var report: [(pointer: String, counts: [(name: String, count: Int)])] { coercer.report }

  /// A copy of the line from `start` to `end` with what the last look has found; nil if nothing.
  ///
  /// It stays until the next one is made.
  func line(_ start: Position, _ end: Position) -> (start: Position, end: Position)? {
    guard !coercer.edits.isEmpty else { return nil }
    var needed = unsafe end - start
    for edit in coercer.edits { needed += edit.bytes.count }
    if needed > capacity {
      unsafe buffer.deallocate()
      capacity = needed * 2
      unsafe buffer = .allocate(capacity: capacity)
    }
    var filled = 0
    var from = unsafe start
    for edit in coercer.edits {
      unsafe append(from, edit.start - from, &filled)
      unsafe edit.bytes.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { unsafe append(base, bytes.count, &filled) }
      }
      unsafe from = unsafe edit.end
    }
    unsafe append(from, end - from, &filled)
    return unsafe (UnsafePointer(buffer), UnsafePointer(buffer) + filled)
  }

  private func append(_ start: Position, _ count: Int, _ filled: inout Int) {
    unsafe (buffer + filled).update(from: start, count: count)
    filled += count
  }
}
