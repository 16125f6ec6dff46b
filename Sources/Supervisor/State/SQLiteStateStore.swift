internal import GRDB
internal import JSON
package import Wire

/// The embedded store for many jobs in one file: a SQLite database.
///
/// A write is one transaction; who looks and who writes meanwhile waits for it.
package final class SQLiteStateStore: StateStore {
  package let path: String
  package let lock: JobLock
  private let tenant: String
  private let job: String
  private let owner: StateOwner
  private let file: DatabaseFile

  /// The store of a job, or of its part that loads the stream or partition `part`.
  package init(path: String, tenant: String, job: String, part: String? = nil) {
    self.path = path
    self.tenant = tenant
    self.job = job
    owner = StateOwner(pipeline: "\(tenant).\(job)", part: part)
    lock = JobLock("\(path)-locks/\(tenant)/\(job).lock", job: owner.pipeline)
    file = DatabaseFile(
      path,
      what: "the state database",
      schema: """
        CREATE TABLE IF NOT EXISTS state (
          tenant TEXT NOT NULL, job TEXT NOT NULL, version INTEGER NOT NULL, entry TEXT NOT NULL,
          PRIMARY KEY (tenant, job)
        ) WITHOUT ROWID
        """
    )
  }

  /// The copy that is made before a process writes for the first time.
  private var backup: String { "\(path).backup" }

  package func read() throws(Failure) -> StateEntry? {
    guard Paths.exists(path) else { return nil }
    let text = try guarded { () throws(DatabaseFile.Problem) in
      try file.texts("SELECT entry FROM state WHERE tenant = ? AND job = ?", [tenant, job])
    }
    guard let text = text.first?.first else { return nil }
    let what = "\(path), the state of \(tenant).\(job)"
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(text, depthLimit: JSONScanner.storedDepthLimit)
    } catch {
      let place = "line \(error.line), column \(error.column)"
      throw damaged("\(what), \(place): \(error.reason.rawValue)")
    }
    try owner.check(value)
    do throws(StateEntry.Malformed) {
      return try StateEntry(value)
    } catch {
      throw damaged("\(what): \(error.reason)")
    }
  }

  package func replace(_ version: Int, by entry: StateEntry) throws(Failure) -> Bool {
    let text = owner.json(entry).encoded()
    return try guarded { () throws(DatabaseFile.Problem) in
      try file.keepBackup(at: backup)
      return try file.write { [tenant, job] database in
        if version == 0 {
          try database.execute(
            sql: "INSERT OR IGNORE INTO state VALUES (?, ?, ?, ?)",
            arguments: [tenant, job, entry.version, text]
          )
        } else {
          try database.execute(
            sql: """
              UPDATE state SET version = ?, entry = ? WHERE tenant = ? AND job = ? AND version = ?
              """,
            arguments: [entry.version, text, tenant, job, version]
          )
        }
        return database.changesCount == 1
      }
    }
  }

  private func guarded<Result>(
    _ body: () throws(DatabaseFile.Problem) -> Result
  ) throws(Failure) -> Result {
    do throws(DatabaseFile.Problem) {
      return try body()
    } catch {
      switch error {
      case .damaged(let message): throw damaged("\(path): \(message)")
      case .failed(let message): throw Failure(.io, "the state database \(path): \(message)")
      }
    }
  }

  private func damaged(_ message: String) -> Failure {
    Failure(
      .configuration,
      message,
      hint: Paths.isFile(backup)
        ? "A copy from before is \(backup): put it in its place, or delete both to begin from what "
          + "the destinations have."
        : "Delete it to begin from what the destinations have."
    )
  }
}
