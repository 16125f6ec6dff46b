/// What the user reads at the end of a run.
package enum RunSummary {
  private static let shownLines = 12

  /// The lines, the first with the outcome.
  package static func lines(_ record: RunRecord) -> [String] {
    var lines = [headline(record)]
    if let blame = record.blame, record.outcome == .failed, let attempt = record.attempts.last {
      lines += failure(blame, attempt)
    }
    if let stopReason = record.stopReason { lines.append("  \(stopReason)") }
    if let figures = figures(record) { lines.append("  \(figures)") }
    if let window = record.window {
      lines.append("  the window \(window.text); the job's own state stays as it was")
    }
    if let limit = record.report?.limit { lines.append("  \(limit.text)") }
    for (name, stream) in (record.report?.streams ?? [:]).sorted(by: { $0.key < $1.key }) {
      lines += stream.rules.lines(name).map { "  \(Redactor.known.applied(to: $0))" }
    }
    lines += (record.counts?.differences ?? []).map { "  it does not add up: \($0)" }
    if let quarantine = record.quarantine, quarantine.waiting > 0 {
      lines.append(
        "  \(Figures.rows(quarantine.waiting)) set aside: `dativo quarantine show JOB`, or read "
          + quarantine.file
      )
    }
    if let stateless = stateless(record) { lines.append("  \(stateless)") }
    lines += StreamTable.lines(record).map { "  \($0)" }
    if let waiting = waiting(record) { lines.append("  \(waiting)") }
    if record.outcome == .failed || record.outcome == .interrupted { lines.append(next(record)) }
    return lines
  }

  private static func headline(_ record: RunRecord) -> String {
    let words =
      switch record.outcome {
      case .success: "done"
      case .partial:
        record.report?.breaksRules == true
          ? "done, but not every rule was kept" : "done, but not every record passed"
      case .failed: "failed"
      case .interrupted: "interrupted"
      case .running: "under way"
      }
    let attempts = record.attempts.count > 1 ? " and \(record.attempts.count) attempts" : ""
    return "\(record.job): \(words) after \(Figures.seconds(record.seconds))\(attempts)"
  }

  private static func failure(_ blame: Diagnosis.Blame, _ attempt: Attempt) -> [String] {
    var lines = ["  \(attempt.ends[blame.stage].role): \(blame.message)"]
    if let hint = blame.hint { lines.append("  -> \(hint)") }
    let last = blame.lines.suffix(shownLines).filter { !$0.allSatisfy(\.isWhitespace) }
    if !last.isEmpty {
      lines.append("  the last lines of its standard error:")
      lines += last.map { "    \($0.prefix(400))" }
    }
    return lines
  }

  /// `1,000 read = 990 committed + 10 quarantined, 5,000 rows/s`.
  private static func figures(_ record: RunRecord) -> String? {
    guard let report = record.report else {
      return record.committed.map { "\(Figures.rows($0)) committed" }
    }
    var parts: [String] = []
    if let committed = record.committedLast {
      parts.append("\(Figures.count(committed)) committed")
    }
    if record.skippedLast > 0 {
      parts.append("\(Figures.count(record.skippedLast)) skipped as repeated")
    }
    if let superseded = record.counts?.superseded, superseded > 0 {
      parts.append("\(Figures.count(superseded)) replaced by later ones")
    }
    if report.discarded > 0 { parts.append("\(Figures.count(report.discarded)) filtered") }
    if report.quarantined > 0 || parts.count == 1 {
      parts.append("\(Figures.count(report.quarantined)) quarantined")
    }
    let sign = record.addsUp == true ? " = " : ", "
    var text = "\(Figures.rows(report.read)) read"
    if !parts.isEmpty {
      text += sign + parts.joined(separator: record.addsUp == true ? " + " : ", ")
    }
    if report.violating > report.quarantined {
      let fate = record.outcome == .failed ? "" : " and passed"
      text += "; \(Figures.count(report.violating - report.quarantined)) broke a rule\(fate)"
    }
    if let seconds = record.attempts.last?.seconds, let rate = Figures.rate(report.read, seconds) {
      text += "; \(rate) rows/s"
    }
    if record.attempts.count > 1 {
      text = "the last attempt: " + text
      if let committed = record.committed {
        text += "; \(Figures.rows(committed)) committed by all attempts"
      }
      if record.earlier.quarantined > 0 {
        text += "; \(Figures.count(record.earlier.quarantined)) quarantined by those before"
      }
    }
    return text
  }

  /// What rows without a STATE behind them mean for the next run.
  private static func stateless(_ record: RunRecord) -> String? {
    guard record.outcome == .success || record.outcome == .partial,
      (record.committedLast ?? record.committed ?? 0) > 0,
      record.attempts.allSatisfy({ $0.states == 0 }), record.window == nil,
      record.report?.limit == nil
    else { return nil }
    return "the tap sent no STATE: the next run begins where this one did, "
      + "and reads these rows again"
  }

  private static func waiting(_ record: RunRecord) -> String? {
    guard let attempt = record.attempts.last else { return nil }
    let total = attempt.slow.reduce(0, +)
    // Fewer looks than these say nothing.
    guard total >= 10 else { return nil }
    let parts = attempt.ends.indices.map { index in
      let waits = attempt.waits[index]
      let own =
        "waited \(Figures.seconds(waits.read)) to read, "
        + "\(Figures.seconds(waits.write)) to write"
      return "\(attempt.ends[index].role) \(attempt.slow[index] * 100 / total)% (\(own))"
    }
    return "waited for: \(parts.joined(separator: ", "))"
  }

  private static func next(_ record: RunRecord) -> String {
    if record.window != nil {
      return record.delivery == .atLeastOnce
        ? "  run it again to load the window; rows that the target has taken may come twice"
        : "  nothing of the window was committed: run it again"
    }
    if !record.goesOn, record.stateAfter != nil || (record.committed ?? 0) > 0 {
      return record.delivery == .atLeastOnce
        ? "  run it again to load everything, beside what is there"
        : "  run it again with --full-refresh to load everything in place of what is there"
    }
    if record.delivery == .atLeastOnce {
      return
        "  run it again to go on from the last state that the target told; rows after that may "
        + "come twice"
    }
    return record.stateAfter == nil
      ? "  nothing was lost: run it again to begin anew"
      : "  nothing was lost: run it again to go on from commit \(record.sequence)"
  }
}
