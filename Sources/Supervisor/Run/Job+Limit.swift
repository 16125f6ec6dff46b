internal import JSON

extension Job {
  /// The job that loads only what matches, in place of what its file selects; none for that.
  package func selecting(_ patterns: [String]) -> Job {
    guard !patterns.isEmpty else { return self }
    var job = self
    job.select = patterns
    return job
  }

  /// The job that loads at most `count` records of each stream.
  ///
  /// There is one attempt: another would begin from where the first has come to, and load as many
  /// once more.
  package func limited(to count: Int) -> Job {
    var job = self
    job.limit = count
    job.retry.attempts = 1
    // What comes behind the last STATE is what was asked for.
    job.target.config["tail"] = nil
    return job
  }
}
