package import JSON

/// The line that tells how far a run is; only what is committed counts as done.
package enum ProgressText {
  package static func line(
    _ progress: Pipeline.Progress,
    countsCommits: Bool,
    committedBefore: Int = 0
  ) -> String {
    var parts: [String] = []
    if countsCommits {
      parts.append("\(Figures.rows(committedBefore + progress.committed)) committed")
    }
    parts.append("\(Figures.count(progress.read)) read")
    if countsCommits, progress.lag > 0 { parts.append("\(Figures.count(progress.lag)) behind") }
    if let rate = Figures.rate(progress.read, progress.seconds) { parts.append("\(rate) rows/s") }
    parts.append("\(progress.slow) is slowest")
    parts.append(Figures.seconds(progress.seconds))
    if progress.isEnding { parts.append("ending; again to stop at once") }
    let streams = progress.streams(most: 3)
    guard streams.count > 1 else { return parts.joined(separator: ", ") }
    let each = streams.map { stream in
      "\(stream.name) " + (countsCommits ? "\(Figures.count(stream.committed))/" : "")
        + Figures.count(stream.read)
    }
    return parts.joined(separator: ", ") + "; " + each.joined(separator: ", ")
  }

  /// The same as the figures of an event.
  package static func figures(_ progress: Pipeline.Progress, of record: RunRecord) -> JSONObject {
    var figures: JSONObject = [
      "run": .string(record.run), "job": .string(record.job),
      "seconds": RunRecord.decimal(progress.seconds), "read": .number(JSONNumber(progress.read)),
    ]
    if record.countsCommits {
      let committed = (record.committed ?? 0) + progress.committed
      figures["committed"] = .number(JSONNumber(committed))
      figures["lag"] = .number(JSONNumber(progress.lag))
    }
    figures["streams"] = .object(
      JSONObject(
        progress.streams(most: 100).map { stream in
          var entry: JSONObject = ["read": .number(JSONNumber(stream.read))]
          if record.countsCommits { entry["committed"] = .number(JSONNumber(stream.committed)) }
          return (key: stream.name, value: .object(entry))
        }
      )
    )
    figures["slowest"] = .string(progress.slow)
    return figures
  }
}

extension Pipeline.Progress {
  /// Records that passed the contract and are neither committed nor left out as repeated yet.
  var lag: Int {
    max(meters.validate.recordsOut - committed - meters.target.recordsSkipped, 0)
  }

  /// Those streams that have the most records.
  func streams(most: Int) -> [(name: String, read: Int, committed: Int)] {
    let all = meters.validate.streams.map { name, stream in
      (
        name: name, read: stream.recordsIn,
        committed: meters.target.streams[name]?.recordsCommitted ?? 0
      )
    }
    return Array(all.sorted { ($1.read, $0.name) < ($0.read, $1.name) }.prefix(most))
  }
}
