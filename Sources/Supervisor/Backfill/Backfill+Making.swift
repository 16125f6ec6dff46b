internal import JSON
package import Wire

extension Backfill {
  /// A backfill of which nothing is done yet.
  ///
  /// A table has one owner, so the windows are commits of the job's own pipeline, one after the
  /// other, which leave its STATE as it is; of a table that is `shared` each is a pipeline of its
  /// own. `streams` are the parts of a job that runs in parts.
  package static func new(
    _ job: Job,
    _ request: Request,
    streams: [String],
    keepsLog: Bool
  ) throws(Failure) -> Backfill {
    guard let length = WindowLength(request.length) else {
      throw Failure(.usage, "--window takes 30m, 6h, 1d, 1w or 1mo, not \"\(request.length)\"")
    }
    guard let windows = length.windows(from: request.from, to: request.to) else {
      throw Failure(
        .usage,
        "from \(request.from.short) to \(request.to.short) there are more than 10,000 windows of "
          + request.length,
        hint: "Choose longer windows."
      )
    }
    let isShared = job.target.config["shared"]?.bool == true
    var units: [BackfillUnit] = []
    var sequences: [String: Int] = [:]
    for window in windows {
      let lane = isShared ? window.since.map { "at" + $0.text.filter(\.isWholeNumber) } : nil
      for stream in streams.isEmpty ? [nil] : streams.map(Optional.init) {
        let one = unitJob(job, lane: lane, part: stream)
        let pipeline = one.target.config["pipeline"]?.string ?? one.pipeline
        if keepsLog, sequences[pipeline] == nil {
          sequences[pipeline] = try job.lastSequence(pipeline)
        }
        units.append(
          BackfillUnit(
            window,
            part: stream,
            lane: lane,
            pipeline: pipeline,
            after: sequences[pipeline]
          )
        )
      }
    }
    return Backfill(job, request, units)
  }

  private static func unitJob(_ job: Job, lane: String?, part: String?) -> Job {
    let job = lane.map(job.inLane) ?? job
    return part.map { job.divided(Job.Part(stream: $0, catalog: nil)) } ?? job
  }
}
