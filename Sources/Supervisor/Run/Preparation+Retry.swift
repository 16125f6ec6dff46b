internal import Posix
package import Wire

extension Preparation {
  /// As `parts`, again as often as the job lets an attempt be made again where the cause may pass.
  ///
  /// `pause` waits for seconds, and returns the signal that ended it.
  func parts(
    _ policy: Job.Retry,
    _ console: Console,
    pause: (Double) -> Int32?
  ) throws(Failure) -> Plan.Parts {
    var retry = Retry(policy)
    while true {
      do throws(Failure) {
        return try parts()
      } catch {
        if case .signal = error.kind { throw error }
        let decision = retry.decide(
          Recovery(code: ExitCode(error.kind).rawValue),
          moved: false,
          retryAfter: error.retryAfter,
          chance: Double.random(in: 0..<1)
        )
        guard case .again(let seconds) = decision, isBefore(deadline, in: seconds) else {
          throw error
        }
        console.show("\(error.message); trying again in \(Figures.seconds(seconds))", .doubtful)
        if let signal = pause(seconds) { throw Failure(.signal(signal), "interrupted") }
      }
    }
  }

  private func isBefore(_ deadline: UInt64?, in seconds: Double) -> Bool {
    guard let deadline else { return true }
    return Clock.monotonic + UInt64(seconds * 1e9) < deadline
  }
}

extension Failure {
  /// A failure as that of a run: a plugin's own code would be taken for one of ours.
  package var ofRun: Failure {
    switch kind {
    case .plugin, .data: Failure(.plugin(2), message, hint: hint)
    default: self
    }
  }
}
