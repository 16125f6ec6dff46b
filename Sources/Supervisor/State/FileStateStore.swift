internal import Glibc
internal import JSON
internal import Posix
package import Wire

/// The embedded store: one JSON file per job, below a folder per tenant.
///
/// STATE may hold what is private, so only the owner may read it.
package final class FileStateStore: StateStore {
  /// The job's file.
  package let path: String
  package let lock: JobLock
  private let folder: String
  private let owner: StateOwner

  /// The store of a job, or of its part that loads the stream or partition `part`.
  package init(root: String, tenant: String, job: String, part: String? = nil) {
    folder = "\(root)/\(tenant)"
    path = "\(folder)/\(job).json"
    owner = StateOwner(pipeline: "\(tenant).\(job)", part: part)
    lock = JobLock("\(path).lock", job: owner.pipeline)
  }

  /// What stood before the last write.
  private var backup: String { "\(path).backup" }

  package func read() throws(Failure) -> StateEntry? {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      if error.code == ENOENT { return nil }
      throw Failure(.io, "the state file cannot be read: \(error)")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes, depthLimit: JSONScanner.storedDepthLimit)
    } catch {
      throw corrupt("\(path):\(error.line):\(error.column): \(error.reason.rawValue)")
    }
    try owner.check(value)
    do throws(StateEntry.Malformed) {
      return try StateEntry(value)
    } catch {
      throw corrupt("\(path): not a state file: \(error.reason)")
    }
  }

  private func corrupt(_ message: String) -> Failure {
    let hasBackup = unsafe access(backup, R_OK) == 0
    return Failure(
      .configuration,
      message,
      hint: hasBackup
        ? "The version before is \(backup): put it in its place, or delete both to begin from what "
          + "the destination has."
        : "Delete it to begin from what the destination has."
    )
  }

  package func replace(_ version: Int, by entry: StateEntry) throws(Failure) -> Bool {
    // Between looking and replacing nobody else may write; whoever dies with it lets go of it.
    let turn = try writing { () throws(PosixError) in
      try Files.makeFolder(folder, mode: 0o700)
      return try Files.waitForLock("\(folder)/.writing")
    }
    defer { Files.unlock(turn) }
    guard try (read()?.version ?? 0) == version else { return false }
    try writing { () throws(PosixError) in
      // A second name for the version that stands, which the replacement leaves alone.
      unsafe unlink(backup)
      unsafe _ = link(path, backup)
      unsafe _ = chmod(backup, 0o600)
      let text = owner.json(entry).encoded(pretty: true) + "\n"
      try Files.replace(path, Array(text.utf8), mode: 0o600)
    }
    return true
  }

  private func writing<Result>(
    _ body: () throws(PosixError) -> Result
  ) throws(Failure) -> Result {
    do throws(PosixError) {
      return try body()
    } catch {
      throw Failure(.io, "the state file cannot be written: \(error)")
    }
  }
}
