internal import JSON

extension Job {
  /// The job with a destination and files of its own below `folder`, and nobody told of its runs.
  package func redirected(to folder: String) -> Job {
    var job = self
    job.target.config["destination"] = .string("\(folder)/out")
    job.stateBackend = .file
    job.statePath = nil
    job.validation.report = nil
    job.validation.quarantine = nil
    job.hooks = [:]
    job.retry.attempts = 1
    return job
  }
}
