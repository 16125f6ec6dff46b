import Commits
import JSON
import Supervisor

/// What `dativo log` tells of the commit logs of a destination.
struct LogReport {
  let destination: Destination
  let histories: [History]

  /// A log's commits that have to do with the table meant, each with the STATE before it.
  private func commits(
    _ history: History
  ) -> [(entry: CommitLog.Entry, files: [Commit.File], before: JSONValue?)] {
    let table = destination.table
    var before: JSONValue?
    return history.commits.compactMap { entry in
      defer { before = entry.commit.state }
      let files = entry.commit.files.filter { Verification.isInside($0.path, table) }
      let isOurs =
        table == nil || !files.isEmpty
        || entry.commit.removed.contains { Verification.isInside($0, table) }
      return isOurs ? (entry, files, before) : nil
    }
  }

  /// The visible files of the table meant, or of all.
  private func files(_ history: History) -> [Snapshot.Entry] {
    history.visible.filter { Verification.isInside($0.file.path, destination.table) }
  }

  /// How many commits or files there are.
  func summary(files: Bool) -> String {
    let count = histories.reduce(0) { $0 + (files ? self.files($1).count : commits($1).count) }
    return Figures.things(count, files ? "file" : "commit")
  }

  // MARK: As JSON

  var commitsJSON: JSONValue {
    json(
      "commits",
      histories.flatMap { history in
        commits(history).map { json($0.entry, $0.files, history.pipeline) }
      }
    )
  }

  var filesJSON: JSONValue {
    json(
      "files",
      histories.flatMap { history in
        files(history).map { sequence, file in
          [
            "pipeline": .string(history.pipeline), "sequence": .number(JSONNumber(sequence)),
            "path": .string(file.path), "stream": .string(file.stream),
            "rows": .number(JSONNumber(file.rows)), "bytes": .number(JSONNumber(file.bytes)),
            "sha256": .string(file.sha256),
          ]
        }
      }
    )
  }

  private func json(_ name: String, _ list: [JSONValue]) -> JSONValue {
    .object(
      JSONObject([
        (key: "destination", value: .string(destination.root)),
        (key: "table", value: destination.table.map { .string($0) } ?? .null),
        (key: name, value: .array(list)),
      ])
    )
  }

  private func json(
    _ entry: CommitLog.Entry,
    _ files: [Commit.File],
    _ pipeline: String
  ) -> JSONValue {
    let commit = entry.commit
    return [
      "pipeline": .string(pipeline), "sequence": .number(JSONNumber(commit.sequence)),
      "kind": .string(commit.kind.rawValue), "epoch": .number(JSONNumber(commit.epoch)),
      "time": .string(commit.time), "run": .string(commit.run),
      "files": .number(JSONNumber(files.count)),
      "rows": .number(JSONNumber(files.reduce(0) { $0 + $1.rows })),
      "bytes": .number(JSONNumber(files.reduce(0) { $0 + $1.bytes })),
      "removed": .array(commit.removed.map { .string($0) }),
      "state": commit.state ?? .null, "reason": commit.reason.map { .string($0) } ?? .null,
      "source": commit.source.map { .string($0) } ?? .null,
      "sha256": .string(entry.hash), "previous": .string(commit.previous),
    ]
  }

  // MARK: As text

  var commitsText: String {
    histories.map { history in
      let heads = ["sequence", "kind", "time", "run", "files", "rows", "bytes", "state", ""]
      let rows = commits(history).map { cells($0.entry.commit, $0.files, $0.before) }
      return (["pipeline \(history.pipeline)"] + TextTable.lines([heads] + rows))
        .joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// One path on each line; nil where there is none.
  var filesText: String? {
    let paths = histories.flatMap { history in
      files(history).map { "\(destination.root)/\($0.file.path)" }
    }
    return paths.isEmpty ? nil : paths.joined(separator: "\n")
  }

  private func cells(_ commit: Commit, _ files: [Commit.File], _ before: JSONValue?) -> [String] {
    var notes: [String] = []
    if !commit.removed.isEmpty { notes.append("removes files: \(commit.removed.count)") }
    if let reason = commit.reason { notes.append(reason) }
    return [
      "\(commit.sequence)", commit.kind.rawValue, commit.time, commit.run, "\(files.count)",
      "\(files.reduce(0) { $0 + $1.rows })", "\(files.reduce(0) { $0 + $1.bytes })",
      Self.short(commit.state, before), notes.joined(separator: "; "),
    ]
  }

  /// The beginning of a STATE; `=` where it is the one before.
  private static func short(_ state: JSONValue?, _ before: JSONValue?) -> String {
    guard let state else { return before == nil ? "-" : "none" }
    guard state != before else { return "=" }
    let text = state.encoded()
    return text.count <= 60 ? text : text.prefix(59) + "…"
  }
}
