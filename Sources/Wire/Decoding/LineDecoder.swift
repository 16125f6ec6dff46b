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
  private var form = LineForm()

  /// How lines of the learned form begin; empty if there is none.
  package var prefix: [UInt8] { form.prefix }

  /// Creates a decoder for a stream's schema; it has learned no form yet.
  package init(_ schema: Schema) { records = RecordDecoder(schema) }

  /// Whether the line at `p` begins like this stream's last one.
  package func matches(_ p: Position, _ end: Position) -> Bool {
    unsafe form.matches(p, end)
  }

  /// Learns the form of the line from `start` to `end`, its line feed included.
  package mutating func learn(_ line: RecordLocation, from start: Position, to end: Position) {
    version = line.version
    unsafe form.learn(line, from: start, to: end)
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
      guard let after = unsafe records.decode(p + form.prefix.count, end, into: &batch) else {
        // Whether the line is wrong is not known yet: its envelope may have a key twice.
        return unsafe (p, .otherLine)
      }
      guard let next = unsafe form.end(after: after, end) else {
        batch.truncate(toRows: rows)
        return unsafe (p, .otherLine)
      }
      unsafe p = unsafe next
    }
    return unsafe (p, .end)
  }
}
