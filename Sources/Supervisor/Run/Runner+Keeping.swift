internal import Commits
internal import JSON
internal import Wire

/// What a run keeps: STATEs in the store, its record in the folder of runs.
extension Runner {
  /// Who brings the STATEs of this run.
  private var cause: StateCause { StateCause(why: "run \(run)", run: run) }

  /// Keeps a STATE that a foreign target has told.
  func keep(_ state: JSONValue, _ source: String) {
    do throws(Failure) {
      try store.put(StateEntry(state: state, source: source, cause: cause))
    } catch {
      console.show("warning: \(error.message)", .doubtful)
    }
  }

  /// What stands after an attempt, written to the store.
  func settle(
    _ last: TargetLog.Last?,
    _ attempt: Attempt,
    after entry: StateEntry,
    source: String,
    _ catalog: Catalog?,
    _ log: TargetLog?
  ) throws(Failure) -> StateEntry {
    let standing = standing(of: entry.state, after: attempt, catalog)
    guard var last else {
      if case .success = attempt.diagnosis, let state = attempt.state {
        keep(StateEdit.carrying(standing, into: state), source)
      }
      return try store.read() ?? entry
    }
    if let log { last = try carry(standing, into: last, log) }
    let new = StateEntry(last, cause: cause)
    try store.put(new)
    return new
  }

  /// What of the STATE before an attempt stands beside the one that it has told last.
  ///
  /// Of a run that has ended well that one is the whole one, of the streams that it was to load.
  private func standing(
    of former: JSONValue?,
    after attempt: Attempt,
    _ catalog: Catalog?
  ) -> JSONValue? {
    guard case .success = attempt.diagnosis, job.limit == nil else { return former }
    guard !job.select.isEmpty, let catalog, var standing = former else { return nil }
    for stream in catalog.streams where stream.isSelected {
      for name in [stream.tapStreamID, stream.stream] {
        standing = StateEdit.removing(name, from: standing) ?? standing
      }
    }
    return standing
  }

  /// What stands at the destination: told by its target at a good end, else asked.
  func lastCommit(_ log: TargetLog?, after attempt: Attempt) throws(Failure) -> TargetLog.Last? {
    guard let log else { return nil }
    if let told = attempt.meters.last?.lastCommit.flatMap(TargetLog.Last.init) { return told }
    return try log.last()
  }

  /// What a STATE that speaks of some streams only leaves of the one before it: the others have not
  /// been read, so theirs stand, at the destination too.
  func carry(
    _ former: JSONValue?,
    into last: TargetLog.Last,
    _ log: TargetLog
  ) throws(Failure) -> TargetLog.Last {
    guard job.window == nil, let told = last.state else { return last }
    let carried = StateEdit.carrying(former, into: told)
    guard carried != told else { return last }
    try log.set(carried, reason: "what run \(run) has not reached stays")
    return try log.last()
  }

  /// What stands at the destination; what a run that was killed has told of some streams leaves the
  /// others'.
  func settleKilled(_ log: TargetLog) throws(Failure) -> TargetLog.Last {
    let last = try log.last()
    guard let stored = try store.read(), stored.sequence < last.sequence,
      let run = last.position?.run, run != stored.cause?.run,
      // A load from the beginning was broken off: it goes on, and what stood before is over.
      last.replacing.isEmpty
    else { return last }
    return try carry(stored.state, into: last, log)
  }

  /// Puts down that the run is under way, for the history if this process is killed.
  func recordBeginning(_ record: RunRecord) throws(Failure) {
    begun = record
    var running = record
    running.outcome = .running
    running.owner = LockOwner("run \(run)")
    try write(running)
  }

  /// Puts down the end of a run that could not go on, or not begin, and calls its hooks.
  func recordEnd(_ failure: Failure) {
    var record = begun ?? RunRecord(barePlan, countsCommits: false)
    record.exit = ExitCode(failure.ofRun.kind).rawValue
    record.outcome = .failed
    if case .signal = failure.kind { record.outcome = .interrupted }
    record.stopReason = failure.message
    try? write(record)
    let problems = Hooks(job, outcome: record.outcome, record: record.json, path: recordPath).call()
    for problem in problems { console.show("warning: \(problem)", .doubtful) }
  }

  /// The plan of a run whose tap has not told what it offers.
  private var barePlan: Plan {
    let parts = Plan.Parts(
      tap: tap,
      target: target,
      validate: "dativo-validate",
      catalog: nil,
      contracts: [],
      home: home
    )
    return Plan(job, parts, run: run, folder: folder, state: nil)
  }

  var recordPath: String { "\(home)/runs/\(run).json" }

  func write(_ record: RunRecord) throws(Failure) {
    var record = record
    record.secrets = secrets.uses
    try RunFile.write(record.json, recordPath)
  }
}
