internal import Wire

/// What the end of an attempt means for the run.
extension Runner {
  /// Notes how an attempt ended; returns the seconds to wait before another, nil for none.
  func conclude(
    _ record: inout RunRecord,
    _ isMoved: Bool,
    _ retry: inout Retry
  ) throws(Failure) -> Double? {
    switch record.attempts.last?.diagnosis {
    case .success?, nil:
      guard record.counts?.differences.isEmpty != false else {
        record.outcome = .failed
        record.exit = 2
        record.stopReason =
          "every stage ended well, but not every record is accounted for: `dativo verify` looks "
          + "at what is there; please report this"
        return nil
      }
      record.outcome = record.isClean ? .success : .partial
      record.exit = record.isClean ? 0 : 1
      if record.delivery == .atLeastOnce, tap.takesState, job.window == nil,
        record.attempts.last?.states == 0,
        (record.report?.read ?? 0) > 0
      {
        warn("\(target.name) told no state: the next run begins where this one did", &record)
      }
      return nil
    case .interrupted(let signal)?:
      record.outcome = .interrupted
      record.exit = 128 + signal
      return nil
    case .failed(let blame)?:
      record.outcome = .failed
      record.exit = 2
      let decision = retry.decide(
        blame.recovery,
        moved: isMoved,
        retryAfter: blame.retryAfter,
        chance: Double.random(in: 0..<1)
      )
      switch decision {
      case .again where isMoved && !tap.takesState && !isLoaded:
        record.stopReason = Self.loadsAgain(tap)
        return nil
      case .stop(let reason):
        record.stopReason = reason
        return nil
      case .again(let seconds):
        console.show(
          "\(record.job): \(blame.message); trying again in \(Figures.seconds(seconds))",
          .doubtful
        )
        return seconds
      }
    }
  }

  static func loadsAgain(_ tap: Connector) -> String {
    "\(tap.name) takes no --state: a run loads everything, beside what is there"
  }
}
