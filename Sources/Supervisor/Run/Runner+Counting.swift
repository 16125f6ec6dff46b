internal import Commits
internal import JSON
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
      let commits = try job.commits(after: sequence, pipeline)
      counts.settle(replaces: commits.map { $0.contains(where: \.replacesRows) } ?? true)
    }
    for stream in counts.unwritten {
      warn("stream \(stream): its SCHEMA has no properties, so no row of it was written", &record)
    }
    record.counts = counts
  }
}

extension Commit {
  /// Whether it takes rows away, or holds rows of a version or a generation that replace others.
  fileprivate var replacesRows: Bool {
    !removed.isEmpty || files.contains { $0.version != nil || $0.generation != nil }
  }
}
