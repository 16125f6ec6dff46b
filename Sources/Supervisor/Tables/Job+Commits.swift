internal import Commits
internal import JSON
internal import Storage
internal import Wire

/// The commit logs at a job's destination, read without its target.
extension Job {
  /// The commits of a pipeline after some sequence; nil where its log is not where ours lie.
  func commits(after sequence: Int, _ pipeline: String) throws(Failure) -> [Commit]? {
    guard let store = try destinationStore() else { return nil }
    do throws(CommitError) {
      return try CommitLog.commits(store, pipeline, after: sequence)
    } catch {
      throw Failure(error)
    }
  }

  /// The sequence of a pipeline's newest commit, 0 where there is none; nil where its log is not
  /// where ours lie.
  func lastSequence(_ pipeline: String) throws(Failure) -> Int? {
    guard let store = try destinationStore() else { return nil }
    do throws(CommitError) {
      return try CommitLog.newest(store, pipeline)?.commit.sequence ?? 0
    } catch {
      throw Failure(error)
    }
  }

  private func destinationStore() throws(Failure) -> (any ObjectStore)? {
    guard let destination = target.config["destination"]?.string else { return nil }
    let root =
      destination.contains("://") ? destination : Paths.absolute(destination, from: folder)
    return try StoreAccess(target: target.config).store(root)
  }
}
