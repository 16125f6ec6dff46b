package import Commits
internal import JSON
internal import Storage
package import Wire

/// The one writer of a pipeline's log, for a change that is no load.
///
/// It holds the pipeline's lock, where the storage has one, until the process ends. A bucket has
/// none: there the epoch that it opens ends the turn of a writer at work.
package final class LogWriter {
  private var log: CommitLog
  private let store: any ObjectStore
  private let pipeline: String
  private var part = 0

  /// Takes the lock, finishes what the last commit began, and opens an epoch.
  ///
  /// Throws `temporary` while another writer is at work, or while rows wait to be replaced by the
  /// next load.
  package init(_ destination: Destination, pipeline: String) throws(Failure) {
    let store = try destination.store(drafts: LogFolder(pipeline).drafts)
    log = try Self.open(store, pipeline)
    self.store = store
    self.pipeline = pipeline
  }

  private static func open(
    _ store: any ObjectStore,
    _ pipeline: String
  ) throws(Failure) -> CommitLog {
    if let problem = Failpoint.problem { throw Failure(.usage, problem) }
    let isFree: Bool
    do throws(StoreError) {
      isFree = try store.lock(LogFolder(pipeline).lock)
    } catch {
      throw Failure(error)
    }
    guard isFree else { throw Failure(CommitError.locked(pipeline: pipeline)) }
    let log: CommitLog
    do throws(CommitError) {
      log = try CommitLog.open(store, pipeline: pipeline, run: "", source: nil)
    } catch {
      throw Failure(error)
    }
    guard log.last?.replacing.isEmpty == false else { return log }
    throw Failure(
      .temporary,
      "the state of pipeline \(pipeline) was reset: its rows give way to the next load's",
      hint: "Run the pipeline first."
    )
  }

  /// The log as it stands, after what the last commit began was finished.
  package func history() throws(Failure) -> History {
    do throws(CommitError) {
      return try History(store, pipeline)
    } catch {
      throw Failure(error)
    }
  }

  /// Begins a data file that a commit will make visible in `folder`; it is invisible until then.
  package func stage(in folder: String) throws(CommitError) -> (
    file: StagedFile, path: String
  ) {
    try log.begin()
    part += 1
    let name = LogFolder(pipeline).dataFile(log.nextSequence, part: part)
    let path = "\(folder)/\(name)"
    return (try CommitLog.stage(store, "\(log.staging)/\(name).staged", for: path), path)
  }

  /// Makes `files` visible in place of `removed`, in one commit; STATE and tables stay.
  package func replace(
    _ removed: [Commit.File],
    by files: [Commit.File],
    reason: String
  ) throws(Failure) -> Int {
    let paths = PathSet(removed.map(\.path))
    do throws(CommitError) {
      try log.commit(
        files: files,
        state: log.last?.state,
        tables: log.last?.tables ?? [:],
        reason: reason,
        removing: Set(removed.map(\.stream)).map { ($0, .files(paths)) }
      )
    } catch {
      throw Failure(error)
    }
    return log.nextSequence - 1
  }
}
