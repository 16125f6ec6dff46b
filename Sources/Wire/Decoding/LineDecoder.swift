package import Columns
import JSON

// SAFETY, for the whole file: texts are compared only where that many bytes are left before `end`.

/// Decodes runs of RECORD lines of one stream whose envelopes are written alike.
///
/// What stands before and after the record is learned from one line that was read the general
/// way, and from then on compared byte for byte; only one scalar after the record (a
/// `time_extracted`, an `emitted_at`) may differ. A line that differs otherwise ends the run.
@safe
package struct LineDecoder: ~Copyable {
  package typealias Position = UnsafePointer<UInt8>

  /// Why a run ended.
  package enum Stop: Hashable {
    /// The input is used up.
    case end
    /// The next line is not one of the learned form, or its record did not become a row: read it
    /// the general way.
    case otherLine
    /// As many rows as were asked for.
    case full
  }

  /// The decoder of the records themselves.
  package var records: RecordDecoder
  /// The `version` of the learned form, which every line of a run has.
  package private(set) var version: Int64?
  private var prefix: [UInt8] = []
  private var middle: [UInt8] = []
  private var suffix: [UInt8] = []
  private var hasScalar = false

  /// Creates a decoder for a stream's schema; it has learned no form yet.
  package init(_ schema: Schema) { records = RecordDecoder(schema) }

  /// Whether the line at `p` begins like this stream's last one.
  package func matches(_ p: Position, _ end: Position) -> Bool {
    unsafe !prefix.isEmpty && Self.has(prefix, p, end)
  }

  /// Learns the form of the line from `start` to `end`, its line feed included.
  package mutating func learn(_ line: RecordLocation, from start: Position, to end: Position) {
    version = line.version
    prefix = unsafe Self.bytes(start, start + line.record.lowerBound)
    let after = unsafe start + line.record.upperBound
    hasScalar = false
    if let time = line.timeExtracted, time.lowerBound >= line.record.upperBound {
      hasScalar = true
      middle = unsafe Self.bytes(after, start + time.lowerBound)
      suffix = unsafe Self.bytes(start + time.upperBound, end)
    } else {
      middle = []
      suffix = unsafe Self.bytes(after, end)
    }
    // Without its line feed a line says nothing about where the next one begins.
    if suffix.last != 0x0A { prefix = [] }
  }

  /// Decodes lines from `start` on for as long as they have the learned form.
  ///
  /// Returns the beginning of the first line that was not decoded, and why.
  package mutating func decodeRun(
    _ start: Position,
    _ end: Position,
    into batch: inout Batch,
    rowLimit: Int = .max
  ) -> (position: Position, stop: Stop) {
    var p = unsafe start
    while unsafe p < end {
      guard batch.rows < rowLimit else { return unsafe (p, .full) }
      guard unsafe matches(p, end) else { return unsafe (p, .otherLine) }
      let rows = batch.rows
      guard let after = unsafe records.decode(p + prefix.count, end, into: &batch) else {
        // Whether the line is wrong is not known yet: its envelope may have a key twice.
        return unsafe (p, .otherLine)
      }
      guard let next = unsafe afterSuffix(after, end) else {
        batch.truncate(toRows: rows)
        return unsafe (p, .otherLine)
      }
      unsafe p = unsafe next
    }
    return unsafe (p, .end)
  }

  private func afterSuffix(_ start: Position, _ end: Position) -> Position? {
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

  @inline(__always)
  private static func has(_ text: [UInt8], _ p: Position, _ end: Position) -> Bool {
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
