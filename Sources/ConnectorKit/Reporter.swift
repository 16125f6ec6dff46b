public import JSON
internal import Posix
internal import Telemetry

/// Tells the supervisor how a stage gets on; without a supervisor nothing is sent.
///
/// Figures are totals since the stage began. Call `isDue` before gathering them: it answers true
/// at most once a second, and never where nobody listens.
public struct Reporter {
  private let sink: EventSink?
  private var next: UInt64 = 0

  /// Creates a reporter for the executable `stage`.
  public init(_ stage: String) { sink = EventSink(stage: stage) }

  /// Whether anybody listens.
  public var isListening: Bool { sink != nil }

  /// Whether figures should be sent now.
  public mutating func isDue() -> Bool {
    guard sink != nil else { return false }
    let now = Clock.monotonic
    guard now >= next else { return false }
    next = now + 1_000_000_000
    return true
  }

  /// Records of a stream that came in and that left, those left out because they are there already,
  /// those that commits have made visible, and the bytes that came.
  public func stream(
    _ name: String,
    recordsIn: Int,
    recordsOut: Int,
    recordsSkipped: Int = 0,
    recordsCommitted: Int = 0,
    bytesIn: Int
  ) {
    sink?.emit(
      .stream(
        name: name,
        recordsIn: recordsIn,
        recordsOut: recordsOut,
        recordsSkipped: recordsSkipped,
        recordsCommitted: recordsCommitted,
        bytesIn: bytesIn
      )
    )
  }

  /// A commit whose files are visible.
  public func commit(sequence: Int, rows: Int, bytes: Int, files: Int) {
    sink?.emit(.commit(sequence: sequence, rows: rows, bytes: bytes, files: files))
  }

  /// Violations of one rule at one place.
  public func violations(
    stream: String,
    rule: String,
    pointer: String,
    severity: String,
    count: Int
  ) {
    sink?.emit(
      .violations(stream: stream, rule: rule, pointer: pointer, severity: severity, count: count)
    )
  }

  /// A stream has had as many records as may pass: what comes of it is left out.
  public func cut(_ stream: String) { sink?.emit(.cut(stream: stream)) }

  /// What `--last-state` would answer now that the stage has ended well.
  public func lastCommit(_ answer: JSONValue) { sink?.emit(.lastCommit(answer)) }

  /// Nanoseconds spent waiting for input, and for the reader of the output.
  public func stall(read: UInt64, write: UInt64) { sink?.emit(.stall(read: read, write: write)) }
}
