public import JSON

// SAFETY, for the whole file: texts are compared only where that many bytes are left before `end`.

/// What stands before and after the record in the lines of one stream, learned from one of them.
///
/// A line of the learned form needs no reading of its envelope; only one scalar after the record
/// (a `time_extracted`, an `emitted_at`) may differ.
@safe
public struct LineForm {
  /// A place in the input.
  public typealias Position = UnsafePointer<UInt8>

  /// The bytes before the record; none if nothing was learned.
  @usableFromInline package private(set) var prefix: [UInt8] = []
  @usableFromInline private(set) var middle: [UInt8] = []
  @usableFromInline private(set) var suffix: [UInt8] = []
  @usableFromInline private(set) var hasScalar = false

  /// Creates a form that matches nothing yet.
  public init() {}

  /// Learns the form of the line from `start` to `end`, its line feed included.
  package mutating func learn(_ line: RecordLocation, from start: Position, to end: Position) {
    prefix = unsafe Self.bytes(start, start + line.record.lowerBound)
    let after = unsafe start + line.record.upperBound
    hasScalar = false
    middle = []
    if let time = line.timeExtracted, time.lowerBound >= line.record.upperBound {
      hasScalar = true
      middle = unsafe Self.bytes(after, start + time.lowerBound)
      suffix = unsafe Self.bytes(start + time.upperBound, end)
    } else {
      suffix = unsafe Self.bytes(after, end)
    }
    // Without its line feed a line says nothing about where the next one begins.
    if suffix.last != 0x0A { prefix = [] }
  }

  /// Whether the line at `p` begins in the learned form.
  @inlinable @inline(__always)
  public func matches(_ p: Position, _ end: Position) -> Bool {
    unsafe !prefix.isEmpty && Self.has(prefix, p, end)
  }

  /// The position after the line whose record ends at `start`; nil if it has another form.
  @inlinable @inline(__always)
  public func end(after start: Position, _ end: Position) -> Position? {
    var p = unsafe start
    if hasScalar {
      guard unsafe Self.has(middle, p, end) else { return nil }
      unsafe p += middle.count
      guard unsafe p < end, unsafe p.pointee != 0x7B, unsafe p.pointee != 0x5B,
        let next = unsafe try? JSONScanner.skipValue(p, end)
      else { return nil }
      unsafe p = unsafe next
    }
    return unsafe Self.has(suffix, p, end) ? p + suffix.count : nil
  }

  private static func bytes(_ start: Position, _ end: Position) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
  }

  @inlinable @inline(__always)
  static func has(_ text: [UInt8], _ p: Position, _ end: Position) -> Bool {
    guard unsafe end - p >= text.count else { return false }
    return unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return true }
      var index = 0
      while index + 8 <= text.count {
        if unsafe JSONScanner.load8(p + index) != JSONScanner.load8(base + index) { return false }
        index += 8
      }
      while index < text.count {
        if unsafe p[index] != base[index] { return false }
        index += 1
      }
      return true
    }
  }
}
