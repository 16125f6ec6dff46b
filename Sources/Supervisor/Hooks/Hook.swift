/// What a job asks for when a run has ended: a command, or a request with the run's summary.
package enum Hook: Sendable, Hashable {
  /// A program and its arguments, run in the job's folder.
  case command([String])
  /// A URL that the summary is posted to as JSON.
  case webhook(String)

  /// When hooks are called: `failure` also for a run that was interrupted.
  package enum Moment: String, CaseIterable, Sendable {
    case success, partial, failure

    init(_ outcome: RunRecord.Outcome) {
      switch outcome {
      case .success: self = .success
      case .partial: self = .partial
      case .failed, .interrupted, .running: self = .failure
      }
    }
  }
}
