internal import Children
package import JSON
internal import Posix
package import Wire

/// What `dativo quarantine list` and `show` do.
package struct QuarantineVerbs {
  private let job: Job
  private let ledger: QuarantineLedger
  private let isRunning: Bool

  /// Reads the ledger; what a process that was killed left open is settled first.
  package init(_ job: Job) throws(Failure) {
    self.job = job
    var ledger = try QuarantineLedger(job)
    var isRunning = false
    if ledger.pending != nil {
      let store = try Home.store(job)
      let owner = LockOwner("quarantine list")
      isRunning = try store.lock.take(owner, obeysHold: false) != nil
      // A run may have ended in between.
      if !isRunning {
        ledger = try QuarantineLedger(job)
        try Self.settle(&ledger, job, store)
      }
    }
    self.ledger = ledger
    self.isRunning = isRunning
  }

  /// Settles what a process that was killed left open; the job's lock is held.
  private static func settle(
    _ ledger: inout QuarantineLedger,
    _ job: Job,
    _ store: any StateStore
  ) throws(Failure) {
    guard ledger.pending != nil else { return }
    let target = try PluginCatalog(project: job.folder).connector(job.target, .target)
    var last: TargetLog.Last?
    if target.commitsState {
      let pipeline = job.target.config["pipeline"]?.string ?? job.pipeline
      last = try TargetLog(job, target, pipeline: pipeline).last()
    }
    _ = try ledger.recover(last, stored: try store.read()?.state)
  }

  /// What waits, counted.
  package func counts(_ filter: QuarantineFilter) throws(Failure) -> QuarantineCounts {
    try QuarantineCounts(job, ledger, filter, isRunning: isRunning)
  }

  /// Up to `limit` records, as their lines stand in the quarantine, and how many there are.
  package func records(
    _ filter: QuarantineFilter,
    limit: Int
  ) throws(Failure) -> (shown: [JSONValue], total: Int) {
    var shown: [JSONValue] = []
    var total = 0
    try ledger.records(filter) { line, _, _ in
      total += 1
      if shown.count < limit { shown.append(line.json) }
    }
    return (shown, total)
  }
}
