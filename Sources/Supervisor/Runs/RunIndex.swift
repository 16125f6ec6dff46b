internal import GRDB
package import JSON
internal import Posix
package import Wire

/// The history of runs: an index, `DATIVO_HOME/runs.db`, over the records that runs write.
///
/// The records are the truth. The index follows them whenever it is asked, and is made anew where
/// it is missing or broken; losing it loses nothing.
package final class RunIndex {
  private let folder: String
  private let path: String
  private var file: DatabaseFile

  /// The history below a folder `DATIVO_HOME`.
  package init(home: String) {
    folder = "\(home)/runs"
    path = "\(home)/runs.db"
    file = Self.open(path)
  }

  private static func open(_ path: String) -> DatabaseFile {
    DatabaseFile(
      path,
      what: "the index of runs",
      schema: """
        CREATE TABLE IF NOT EXISTS runs (
          run TEXT PRIMARY KEY, stamp TEXT NOT NULL, job TEXT NOT NULL, started TEXT NOT NULL,
          outcome TEXT NOT NULL, record TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS by_start ON runs (started)
        """
    )
  }

  /// Which runs are asked for.
  package struct Filter: Sendable {
    /// `tenant.name`, or a name alone.
    package var job: String?
    /// An outcome, `running` or `killed`.
    package var status: String?
    package var since: RunTime?
    package var limit: Int

    package init(
      job: String? = nil,
      status: String? = nil,
      since: RunTime? = nil,
      limit: Int = .max
    ) {
      self.job = job
      self.status = status
      self.since = since
      self.limit = limit
    }
  }

  /// The runs, the newest first.
  package func rows(_ filter: Filter = Filter()) throws(Failure) -> [RunRow] {
    let outcome =
      filter.status == "killed" ? RunRecord.Outcome.running.rawValue : filter.status
    let (since, age): (String?, String?) =
      switch filter.since {
      case .at(let text): (text, nil)
      case .ago(let seconds): (nil, "-\(seconds) seconds")
      case nil: (nil, nil)
      }
    let rows = try follow { file throws(DatabaseFile.Problem) in
      let texts = try file.texts(
        """
        SELECT record FROM runs
        WHERE (?1 IS NULL OR job = ?1 OR job LIKE '%.' || ?1) AND (?2 IS NULL OR outcome = ?2)
          AND (?3 IS NULL AND ?4 IS NULL
            OR started >= COALESCE(?3, strftime('%Y-%m-%dT%H:%M:%S', 'now', ?4)))
        ORDER BY started DESC, run DESC
        """,
        [filter.job, outcome, since, age]
      )
      return try texts.map { text throws(DatabaseFile.Problem) in
        guard
          let row = (try? JSONValue.parse(text[0], depthLimit: JSONScanner.storedDepthLimit))
            .flatMap(RunRow.init)
        else {
          throw .damaged("a row is not what was written")
        }
        return row
      }
    }
    let asked = rows.lazy.filter { filter.status == nil || $0.status == filter.status }
    return Array(asked.prefix(filter.limit))
  }

  /// The one run that a name means: its own, the beginning of it, or `last`.
  package func run(_ name: String, job: String? = nil) throws(Failure) -> RunRow {
    let all = try rows(Filter(job: job))
    if name == "last", let last = all.first { return last }
    let found = all.filter { $0.run == name || $0.run.hasPrefix(name) }
    if let exact = found.first(where: { $0.run == name }) { return exact }
    if found.count == 1 { return found[0] }
    let hint =
      all.isEmpty
      ? "No run has been recorded in \(folder)."
      : "The last one is \(all[0].run); `dativo runs list` shows them."
    throw Failure(
      .usage,
      found.isEmpty
        ? "there is no run \(name)" : "\(found.count) runs begin with \(name)",
      hint: Nearest.name(to: name, among: all.prefix(100).map(\.run))
        .map { "Did you mean \($0)?" } ?? hint
    )
  }

  /// The whole record of a run.
  package func record(_ run: String) throws(Failure) -> JSONValue {
    let path = "\(folder)/\(run).json"
    do throws(PosixError) {
      let bytes = try Files.read(path)
      if let value = try? JSONValue.parse(bytes, depthLimit: JSONScanner.storedDepthLimit) {
        return value
      }
    } catch {
      throw Failure(.io, "the record \(path) cannot be read: \(error.reason)")
    }
    throw Failure(.data, "\(path) is no record of a run", hint: "Put a copy in its place.")
  }

  /// What its stages said, of one stage or of all.
  package func log(_ run: String, stage: String?) -> [JSONValue] {
    RunLog.lines("\(folder)/\(run).log.jsonl", stage: stage)
  }

  // MARK: Following the records

  /// Takes what records have come, changed or gone, then asks; a broken index is made anew.
  private func follow<Value>(
    _ ask: (DatabaseFile) throws(DatabaseFile.Problem) -> Value
  ) throws(Failure) -> Value {
    let records = RecordFile.all(in: folder)
    do throws(DatabaseFile.Problem) {
      try take(records)
      return try ask(file)
    } catch {
      if case .failed(let message) = error { throw Failure(.io, "\(path): \(message)") }
    }
    for part in ["", "-journal", "-wal", "-shm"] { Files.remove(path + part) }
    file = Self.open(path)
    do throws(DatabaseFile.Problem) {
      try take(records)
      return try ask(file)
    } catch {
      switch error {
      case .damaged(let message):
        throw Failure(
          .io,
          "\(path): \(message)",
          hint: "Remove it: it is made anew from the records in \(folder)."
        )
      case .failed(let message): throw Failure(.io, "\(path): \(message)")
      }
    }
  }

  private func take(_ records: [RecordFile]) throws(DatabaseFile.Problem) {
    var known: [String: String] = [:]
    for row in try file.texts("SELECT run, stamp FROM runs") { known[row[0]] = row[1] }
    let changed = records.filter { known[$0.run] != $0.stamp }
    let gone = Set(known.keys).subtracting(records.map(\.run))
    guard !changed.isEmpty || !gone.isEmpty else { return }
    try file.write { database in
      for run in gone {
        try database.execute(sql: "DELETE FROM runs WHERE run = ?", arguments: [run])
      }
      for file in changed {
        guard let record = file.read(), let row = RunRow(record) else { continue }
        try database.execute(
          sql: "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            file.run, file.stamp, row.job, row.started, row.outcome, record.encoded(),
          ]
        )
      }
    }
  }
}
