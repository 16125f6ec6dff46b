internal import Commits
internal import JSON
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

  /// The earlier run that has loaded just this window, as the destination still has it; nil for none.
  ///
  /// Refuses a window that another overlaps: rows would be there twice.
  func earlierRun(
    of window: TimeWindow,
    _ catalog: Catalog?,
    _ pipeline: String
  ) throws(Failure) -> String? {
    let index = RunIndex(home: home)
    let rows = try index.rows(RunIndex.Filter(job: job.pipeline))
      .filter { $0.job == job.pipeline && $0.run != run && ($0.committed ?? 0) > 0 }
    guard !rows.isEmpty else { return nil }
    let visible = try job.commits(after: 0, pipeline)
      .map { Set($0.filter { $0.kind == .data }.map(\.run)) }
    let wanted = catalog.map { Set($0.streams.filter(\.isSelected).map(\.stream)) }
    for row in rows where visible?.contains(row.run) ?? true {
      let record = try index.record(row.run)
      guard let earlier = record["window"].flatMap(TimeWindow.init), earlier.meets(window) else {
        continue
      }
      let streams = record["streams"]?.object ?? [:]
      if earlier == window, wanted?.isSubset(of: streams.map(\.key)) ?? true { return row.run }
      let again = streams.first { stream in
        stream.value["committed"]?.number?.int64 ?? 0 > 0 && wanted?.contains(stream.key) ?? true
      }
      guard let again else { continue }
      throw Failure(
        .configuration,
        "run \(row.run) has loaded \(again.key) \(earlier.text): rows would be there twice",
        hint: "Take a time that it has not loaded; --force loads this one all the same."
      )
    }
    return nil
  }

  /// Tells that a table will have the first records alone.
  func warnOfReplacement(_ record: inout RunRecord) {
    guard job.limit != nil, let stream = job.overwritten.first else { return }
    let what = stream == "*" ? "every stream" : "stream \(stream)"
    warn("the table of \(what) is replaced by each load: it has these records alone", &record)
  }
}
