internal import Commits
package import JSON
package import Telemetry

/// The figures that a stage has told, the latest of each.
package struct Meter: Sendable {
  /// Records of one stream.
  package struct Stream: Hashable, Sendable {
    package var recordsIn = 0
    package var recordsOut = 0
    package var recordsSkipped = 0
    package var recordsCommitted = 0
    package var bytesIn = 0
  }

  package private(set) var streams: [String: Stream] = [:]
  package private(set) var rowsCommitted = 0
  package private(set) var bytesCommitted = 0
  package private(set) var filesCommitted = 0
  /// Streams of which there is enough.
  package private(set) var cut: Set<String> = []
  /// How long it has waited, by its own clock; nil where it does not tell.
  package private(set) var waited: Waits?
  /// The newest commit; nil if there was none.
  package private(set) var sequence: Int?
  /// What it would answer `--last-state` with, of a target that has ended well; nil for any other.
  package private(set) var lastCommit: JSONValue?

  package init() {}

  package var recordsIn: Int { streams.values.reduce(0) { $0 + $1.recordsIn } }
  package var recordsOut: Int { streams.values.reduce(0) { $0 + $1.recordsOut } }
  package var recordsSkipped: Int { streams.values.reduce(0) { $0 + $1.recordsSkipped } }
  package var bytesIn: Int { streams.values.reduce(0) { $0 + $1.bytesIn } }

  /// Takes what the log has of a stage that was killed before it could tell of its commits.
  mutating func take(_ commits: [Commit]) {
    let files = commits.flatMap(\.files)
    sequence = commits.last?.sequence ?? sequence
    filesCommitted = files.count
    bytesCommitted = files.reduce(0) { $0 + $1.bytes }
    rowsCommitted = files.reduce(0) { $0 + $1.rows }
    for stream in Set(files.map(\.stream)) {
      let rows = files.filter { $0.stream == stream }.reduce(0) { $0 + $1.rows }
      streams[stream, default: Stream()].recordsCommitted = rows
    }
  }

  package mutating func take(_ event: Event) {
    switch event {
    case .stream(
      let name,
      let recordsIn,
      let recordsOut,
      let recordsSkipped,
      let recordsCommitted,
      let bytesIn
    ):
      streams[name] = Stream(
        recordsIn: recordsIn,
        recordsOut: recordsOut,
        recordsSkipped: recordsSkipped,
        recordsCommitted: recordsCommitted,
        bytesIn: bytesIn
      )
    case .commit(let sequence, let rows, let bytes, let files):
      self.sequence = sequence
      rowsCommitted = rows
      bytesCommitted = bytes
      filesCommitted = files
    case .cut(let stream): cut.insert(stream)
    case .stall(let read, let write):
      waited = Waits(read: Double(read) / 1e9, write: Double(write) / 1e9)
    case .lastCommit(let answer): lastCommit = answer
    case .violations: break
    }
  }
}
