internal import JSON
internal import Posix
internal import Wire

extension QuarantineLedger {
  /// Notes the attempt of a run that is about to begin; one that quarantines nothing is not noted.
  mutating func begin(_ plan: Plan, after entry: StateEntry) throws(Failure) {
    guard let file = plan.quarantine else { return }
    do throws(PosixError) {
      // Where its lines begin must be known before the stage that would cut this itself.
      try Files.cutUnfinishedLine(file)
    } catch {
      throw Failure(.io, "the quarantine file cannot be read: \(error)")
    }
    try begin(
      Pending(
        run: plan.run,
        name: plan.name,
        file: file,
        start: Files.size(file),
        epoch: entry.epoch,
        began: Clock.timestamp,
        state: plan.delivery == .atLeastOnce ? entry.state : nil
      )
    )
  }

  /// Settles the attempt that has just ended; returns how many records it set aside for good, nil
  /// where none are.
  mutating func settle(
    _ attempt: Attempt,
    _ last: TargetLog.Last?,
    discardsTail: Bool
  ) throws(Failure) -> Int? {
    guard let pending else { return nil }
    if case .success = attempt.diagnosis, last == nil || !discardsTail {
      return try settle(.everything)
    }
    return try settle(Self.reach(of: pending, last, told: attempt.state))
  }
}
