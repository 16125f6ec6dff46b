internal import Commits
internal import JSON
internal import Storage
internal import Wire

extension Runner {
  /// Accounts for every record of an attempt that ended well, where that can be known.
  ///
  /// `sequence` is the destination's last commit before it.
  func count(
    _ record: inout RunRecord,
    from sequence: Int,
    _ pipeline: String
  ) throws(Failure) {
    guard record.countsCommits, !discardsTail, let report = record.report, !report.hasUncounted,
      let meter = record.attempts.last?.meters.last
    else { return }
    var counts = CountCheck(report, meter)
    if counts.superseded > 0 {
      let commits = try commits(after: sequence, pipeline)
      counts.settle(replaces: commits.map { $0.contains(where: \.replacesRows) } ?? true)
    }
    for stream in counts.unwritten {
      warn("stream \(stream): its SCHEMA has no properties, so no row of it was written", &record)
    }
    record.counts = counts
  }

  /// The commits after some sequence; nil where the log is not where ours lie.
  private func commits(after sequence: Int, _ pipeline: String) throws(Failure) -> [Commit]? {
    guard let destination = job.target.config["destination"]?.string else { return nil }
    let root =
      destination.contains("://")
      ? destination : Paths.absolute(destination, from: job.folder)
    let store = try StoreAccess(target: job.target.config).store(root)
    do throws(CommitError) {
      return try CommitLog.commits(store, pipeline, after: sequence)
    } catch {
      throw Failure(error)
    }
  }
}

extension Commit {
  /// Whether it takes rows away, or holds rows of a version or a generation that replace others.
  fileprivate var replacesRows: Bool {
    !removed.isEmpty || files.contains { $0.version != nil || $0.generation != nil }
  }
}
