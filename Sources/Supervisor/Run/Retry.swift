/// When a failed attempt is followed by another; pure, one value per run.
package struct Retry: Sendable {
  package enum Decision: Hashable, Sendable {
    case again(afterSeconds: Double)
    /// No further attempt, and why not in words for the summary; nil where the failure says it all.
    case stop(String?)
  }

  private let policy: Job.Retry
  private var attempts = 0
  private var withoutProgress = 0

  package init(_ policy: Job.Retry) { self.policy = policy }

  /// Decides after a failed attempt.
  ///
  /// `moved` tells whether it committed anything; `chance` in 0..<1 spreads many jobs that failed
  /// at the same moment.
  package mutating func decide(
    _ recovery: Recovery,
    moved: Bool,
    retryAfter: Double? = nil,
    chance: Double
  ) -> Decision {
    attempts += 1
    withoutProgress = moved ? 0 : withoutProgress + 1
    guard recovery != .none else { return .stop(nil) }
    guard attempts < max(policy.attempts, 1) else {
      return .stop(attempts > 1 ? "all \(attempts) attempts failed" : nil)
    }
    if recovery == .whileMoving, withoutProgress >= 2 {
      return .stop("it failed twice without committing anything in between")
    }
    let doubled = policy.initialSeconds * Double(1 << min(attempts - 1, 30))
    let delay = min(doubled, policy.maxSeconds) * (0.5 + chance / 2)
    return .again(afterSeconds: max(delay, retryAfter ?? 0))
  }
}

/// Whether trying again may help.
package enum Recovery: String, Hashable, Sendable {
  /// It would fail again.
  case none
  /// The cause passes by itself.
  case later
  /// Cause unknown: only as long as each attempt commits something.
  case whileMoving

  /// What an exit code asks for.
  package init(code: Int32) {
    self =
      switch code {
      case 64, 65, 70, 74, 77, 78: .none
      case 69, 75: .later
      default: .whileMoving
      }
  }
}
