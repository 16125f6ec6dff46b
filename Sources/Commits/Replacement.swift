package import JSON

/// The rows that are to give way to those that a load brings for their streams.
package struct Replacement: Sendable {
  /// Up to which commit, by stream, or `*` for every other stream; 0 for one that has begun anew.
  private let pending: JSONObject
  /// The streams whose rows give way now; nil for all.
  private let begins: Set<String>?
  /// Whether the load ends here.
  private let isLast: Bool

  package init(pending: JSONObject, begins: Set<String>? = nil, isLast: Bool = true) {
    self.pending = pending
    self.begins = begins
    self.isLast = isLast
  }

  /// Whether the commit can change what is pending.
  var touches: Bool {
    guard !pending.isEmpty else { return false }
    guard let begins, pending["*"] == nil else { return true }
    return pending.keys.contains(where: begins.contains)
  }

  /// Whether the rows of a file are to give way, now or later.
  package func concerns(_ entry: Snapshot.Entry) -> Bool {
    entry.sequence <= end(of: entry.file.stream)
  }

  /// Whether what a stream has is to give way to what comes next.
  package func concerns(stream: String) -> Bool { end(of: stream) > 0 }

  private func end(of stream: String) -> Int {
    Int((pending[stream] ?? pending["*"])?.number?.int64 ?? 0)
  }

  private func isNow(_ stream: String) -> Bool { begins?.contains(stream) ?? true }

  /// The places of the files that go with the commit.
  func removed(
    from visible: [Snapshot.Entry],
    or removing: [(stream: String, Removal)]
  ) -> [String] {
    visible.filter { entry in
      let name = Array(entry.file.stream.utf8)
      return concerns(entry) && isNow(entry.file.stream)
        || removing.contains { Array($0.stream.utf8) == name && $0.1.takes(entry.file) }
    }.map(\.file.path)
  }

  /// What is pending after the commit; at the end of a load the streams that it has not reached.
  func left(of visible: [Snapshot.Entry]) -> JSONObject {
    var left = JSONObject()
    for (stream, end) in pending where stream != "*" && !isNow(stream) { left[stream] = end }
    guard let end = pending["*"] else { return left }
    if isLast {
      for stream in left.keys where !concerns(stream: stream) { left[stream] = nil }
      for entry in visible where concerns(entry) && !isNow(entry.file.stream) {
        left[entry.file.stream] = left[entry.file.stream] ?? end
      }
    } else {
      left["*"] = end
      for stream in begins ?? [] { left[stream] = 0 }
    }
    return left
  }
}
