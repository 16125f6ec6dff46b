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
    if let rate = Figures.rate(progress.read, progress.seconds) { parts.append("\(rate) rows/s") }
    parts.append("\(progress.slow) is slowest")
    parts.append(Figures.seconds(progress.seconds))
    if progress.isEnding { parts.append("ending; again to stop at once") }
    return parts.joined(separator: ", ")
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
    }
    figures["slowest"] = .string(progress.slow)
    return figures
  }
}
