import AirbyteKit
import ConnectorKit
import JSON
import Wire

/// How far each stream has come: what the source said of it, and what was seen.
struct Progress {
  struct Stream {
    var status: String?
    var records = 0
    /// Records since the last state that counts them.
    var uncounted = 0
    var hasState = false
  }

  private(set) var streams: [String: Stream] = [:]
  private(set) var errors: [ConnectorError] = []
  private let configured: [String]

  init(_ configured: [String]) { self.configured = configured }

  mutating func count(_ name: String, _ records: Int) {
    streams[name, default: Stream()].records += records
    streams[name, default: Stream()].uncounted += records
  }

  mutating func note(_ status: String, of name: String) {
    streams[name, default: Stream()].status = status
  }

  mutating func note(_ error: ConnectorError) { errors.append(error) }

  /// Whether a stream has failed: what it says from then on does not stand.
  func hasFailed(_ name: String) -> Bool {
    streams[name]?.status == "INCOMPLETE" || errors.contains { $0.stream == name }
  }

  /// Holds a state's count of records against what was seen; a difference, in words.
  ///
  /// `sourceStats.recordCount` counts the records since the stream's last state; that of a state of
  /// all streams, all records since the last one.
  mutating func compare(_ body: JSONValue, of name: String?) -> String? {
    let names = name.map { [$0] } ?? Array(streams.keys)
    var seen = 0
    for name in names {
      seen += streams[name]?.uncounted ?? 0
      streams[name, default: Stream()].uncounted = 0
      streams[name, default: Stream()].hasState = true
    }
    guard let told = body["sourceStats"]?["recordCount"]?.number?.double, told != Double(seen)
    else {
      return nil
    }
    let what = name.map { "stream \($0)" } ?? "all streams"
    return "a state counts \(Int64(exactly: told).map { "\($0)" } ?? "\(told)") records of \(what) "
      + "since the one before, and \(seen) came"
  }

  /// Why the run is no success, whatever the exit code says; nil where it is one.
  func verdict(_ source: String) -> Failure? {
    let isTold = streams.values.contains { $0.status != nil }
    var failed: [(name: String, why: String, kind: Failure.Kind)] = []
    for error in errors where error.stream == nil {
      return Failure(error.kind, "\(source): \(error.message)")
    }
    for name in configured {
      let stream = streams[name] ?? Stream()
      if let error = errors.last(where: { $0.stream == name }) {
        failed.append((name, error.message, error.kind))
      } else if stream.status == "INCOMPLETE" {
        // A stream that began has failed on its way; one that did not is none of the source's.
        let began = stream.records > 0 || stream.hasState
        failed.append((name, "ended as INCOMPLETE", began ? .plugin(1) : .configuration))
      } else if let status = stream.status, status != "COMPLETE" {
        failed.append((name, "never got beyond \(status)", .plugin(1)))
      } else if isTold, stream.status == nil, stream.records == 0, !stream.hasState {
        failed.append((name, "the source said nothing of it", .configuration))
      }
    }
    guard let first = failed.first else { return nil }
    let kinds = failed.map(\.kind)
    let kind =
      kinds.allSatisfy { $0 == .configuration }
      ? .configuration : kinds.first { $0 == .temporary } ?? Failure.Kind.plugin(1)
    let others = failed.count > 1 ? " (and \(failed.count - 1) more)" : ""
    return Failure(
      kind,
      "\(source): stream \(first.name): \(first.why)\(others)",
      hint: first.kind == .configuration
        ? "Deselect the stream if the source no longer has it." : nil
    )
  }
}
