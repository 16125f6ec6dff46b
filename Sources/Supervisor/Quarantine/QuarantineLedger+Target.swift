internal import Commits
package import JSON
package import Wire

extension QuarantineLedger {
  /// Settles what a process that was killed had begun, by what the destination, or for a foreign
  /// target the store, says, and what a reset has made void; returns whether an attempt was open.
  package mutating func recover(
    _ last: TargetLog.Last?,
    stored: JSONValue?
  ) throws(Failure) -> Bool {
    let attempt = pending
    if let attempt { _ = try settle(Self.reach(of: attempt, last, told: stored), isAtEnd: false) }
    // Until a load replaces them, all that waits is older than the reset.
    for stream in last?.replacing ?? [] { try supersede(stream) }
    return attempt != nil
  }

  /// How far an attempt that did not end well was committed.
  ///
  /// `last` is the destination's last commit, nil for a target that keeps none, of which `told` is
  /// the STATE that it told last.
  package static func reach(
    of attempt: Pending,
    _ last: TargetLog.Last?,
    told: JSONValue?
  ) -> Reach {
    guard let last else {
      // A foreign target tells nothing of a replay, which has no STATE.
      guard attempt.sent == nil, let told, told != attempt.state else { return .nothing }
      return .value(told)
    }
    guard let position = last.position, position.run == attempt.run,
      position.epoch > attempt.epoch
    else { return .nothing }
    return position.isWhole ? .everything : .states(position.states)
  }
}
