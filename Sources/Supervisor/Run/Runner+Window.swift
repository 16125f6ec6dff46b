internal import Wire

/// What a run of a part of the data must not do to the rest.
extension Runner {
  /// A table whose rows the next load replaces would have those of the window alone.
  func refuseReset(_ last: TargetLog.Last?) throws(Failure) {
    guard last?.replacing.isEmpty == false else { return }
    throw Failure(
      .temporary,
      "the state was reset: the next load replaces the rows that are there",
      hint: "Run the job once without a window and without --limit."
    )
  }

  /// Tells that a table will have the first records alone.
  func warnOfReplacement(_ record: inout RunRecord) {
    guard job.limit != nil, let stream = job.overwritten.first else { return }
    let what = stream == "*" ? "every stream" : "stream \(stream)"
    warn("the table of \(what) is replaced by each load: it has these records alone", &record)
  }
}
