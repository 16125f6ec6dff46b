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

  /// Puts the rows down that a target has committed and not told of, for it was killed.
  func recall(
    _ attempt: inout Attempt,
    _ last: TargetLog.Last?,
    after sequence: Int,
    _ pipeline: String
  ) throws(Failure) {
    guard let last, last.position?.run == run, !attempt.meters.isEmpty else { return }
    let end = attempt.meters.count - 1
    guard last.sequence > max(sequence, attempt.meters[end].sequence ?? 0),
      let commits = try job.commits(after: sequence, pipeline)
    else { return }
    attempt.meters[end].take(commits.filter { $0.kind == .data && $0.run == run })
  }
}

extension Commit {
  /// Whether it takes rows away, or holds rows of a version or a generation that replace others.
  fileprivate var replacesRows: Bool {
    !removed.isEmpty || files.contains { $0.version != nil || $0.generation != nil }
  }
}
