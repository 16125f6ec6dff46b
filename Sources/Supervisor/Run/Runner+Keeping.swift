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
    source: String
  ) throws(Failure) -> StateEntry {
    guard let last else {
      // Of a run that has ended well the last STATE is the whole one.
      if case .success = attempt.diagnosis, let state = attempt.state { keep(state, source) }
      return try store.read() ?? entry
    }
    let new = StateEntry(last, cause: cause)
    try store.put(new)
    return new
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
