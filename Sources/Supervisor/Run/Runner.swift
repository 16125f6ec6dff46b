internal import Children
internal import Commits
internal import JSON
internal import Posix
package import Wire

/// Runs a job: attempt after attempt, from the last committed STATE, until it is done or hopeless.
///
/// It must run on a thread that outlives the run (see `Pipeline`): the main one.
package final class Runner {
  let job: Job
  let console: Console
  let tap: Connector
  let target: Connector
  let inbox: SignalInbox
  let home: String
  let store: any StateStore
  let run: String
  let folder: String
  let secrets: SecretAccess
  /// Where the plugins' configurations lie while they run.
  private let privately: PrivateFolder
  let environment = StageEnvironment.base
  let runLog: RunLog
  /// The record that stands on disk while the run is under way.
  var begun: RunRecord?

  /// Whether what this run was to load has been committed, and its target is only to finish that.
  private(set) var isLoaded: Bool

  /// Takes the process's signals over.
  ///
  /// With `isLoaded` a run of this name has committed its window: nothing is loaded any more.
  package init(
    _ job: Job,
    console: Console,
    run: String = RunName.make(),
    isLoaded: Bool = false
  ) throws(Failure) {
    self.console = console
    self.run = run
    self.isLoaded = isLoaded
    // Before the signals are taken over: a program that hangs when it is asked can be interrupted.
    let catalog = PluginCatalog(project: job.folder)
    try? Files.makeFolder(catalog.folders.home)
    self.job = try job.toldWindow(catalog)
    let told = try job.part?.catalog.map { (path) throws(Failure) in try PartCatalog(path) }
    tap = try catalog.connector(job.source, .tap, told: told?.about)
    target = try catalog.connector(job.target, .target)
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
    home = Home.folder(job)
    store = try Home.store(job)
    secrets = SecretAccess(self.job, run: run)
    privately = try PrivateFolder()
    runLog = RunLog(path: RunLog.path(home, run))
    folder = "\(home)/run/\(job.tenant)/\(job.name)/\(run)"
  }

  /// Runs the job to its end; throws only for what keeps it from beginning.
  ///
  /// Another run of the job is waited for, up to `wait` seconds.
  ///
  /// A circuit breaker that is open refuses it, unless `force`. With `again` a window is loaded
  /// though a run has done so.
  package func run(
    refresh: Refresh,
    wait: Double = 0,
    force: Bool = false,
    again: Bool = false
  ) throws(Failure) -> RunRecord {
    Processes.adoptOrphans()
    try store.lock.take("run \(run)", waiting: wait, console) { inbox.pause($0) }
    var breaker = BreakerFile(job)
    // What a killed run left behind: its configurations hold secrets.
    Files.remove(Files.folder(of: folder))
    defer {
      privately.clear()
      Files.remove(Files.folder(of: folder))
      Processes.killOrphans()
      store.lock.release()
    }
    try breaker?.check(force: force, console)
    let began = Clock.monotonic
    do throws(Failure) {
      if job.part == nil { try job.refuseOtherDivision() }
      var record = try attempts(refresh, again: again)
      record.secrets = secrets.uses
      breaker?.note(record)
      record.seconds = Double(Clock.monotonic - began) / 1e9
      try write(record)
      let problems = Hooks(job, outcome: record.outcome, record: record.json, path: recordPath)
        .call()
      guard !problems.isEmpty else { return record }
      for problem in problems { warn(problem, &record) }
      try write(record)
      return record
    } catch {
      // An interruption before the first stage was started has a signal of its own.
      let failure = inbox.next().map { Failure(.signal($0), "interrupted") } ?? error
      breaker?.note(failure)
      recordEnd(failure)
      throw failure
    }
  }

  private func attempts(_ refresh: Refresh, again: Bool) throws(Failure) -> RunRecord {
    let deadline = job.timeoutSeconds.map { Clock.monotonic + UInt64($0 * 1e9) }
    let preparation = Preparation(
      job,
      tap: tap,
      target: target,
      secrets: secrets,
      interrupt: inbox.raw,
      deadline: deadline
    ) { [console] in console.show("warning: \($0)", .doubtful) }
    let parts = try preparation.parts(job.retry, console) { inbox.pause($0) }
    let pipeline = Plan(job, parts, run: run, folder: folder, state: nil).pipeline
    let log: TargetLog? =
      parts.target.commitsState
      ? TargetLog(job, parts.target, pipeline: pipeline, secrets: secrets, interrupt: inbox.raw)
      : nil
    var ledger = try QuarantineLedger(job)
    var last = try log.map { (log) throws(Failure) in try settleKilled(log) }
    let isChanged = try Refreshing(job, store, log)
      .apply(refresh.narrowed(to: job.select.isEmpty ? nil : parts.catalog), &ledger)
    if isChanged { last = try log?.last() }
    _ = try ledger.recover(last, stored: store.read()?.state)
    if job.window != nil || job.limit != nil { try refuseReset(last) }
    var loadedBy: String?
    if let window = job.window, log != nil, !isLoaded, !again {
      loadedBy = try earlierRun(of: window, parts.catalog, pipeline)
      isLoaded = loadedBy != nil
    }
    let begin = StatePlan(store: try store.read(), destination: last)
    var entry = begin.entry
    var record: RunRecord?
    var retry = Retry(job.retry)
    while true {
      var plan = Plan(
        job,
        parts,
        run: run,
        attempt: (record?.attempts.count ?? 0) + 1,
        folder: folder,
        privateFolder: privately.path,
        state: entry.state
      )
      if isLoaded { plan = plan.emptied() }
      plan.timeoutSeconds = deadline.map { Self.seconds(until: $0) }
      if log == nil { try refuseOtherSource(entry, plan.source) }
      var current = record ?? RunRecord(plan, countsCommits: parts.target.commitsState)
      current.window = job.window
      if job.window != nil { current.stateBefore = begin.entry.state }
      if record == nil, let warning = begin.warning {
        console.show("warning: \(warning)", .doubtful)
        current.warnings.append(warning)
      }
      if record == nil {
        warnOfReplacement(&current)
        if let loadedBy {
          warn("run \(loadedBy) has loaded this time: nothing is loaded (--force does)", &current)
        }
        tellConfinement(plan)
        try recordBeginning(current)
      }
      if record == nil, !tap.takesState, job.window == nil {
        current.goesOn = false
        if entry.state != nil { warn(Self.loadsAgain(tap), &current) }
      }
      try makeFolders(plan)
      try ledger.begin(plan, after: entry)
      var attempt = try attempt(plan, current, after: entry)
      let before = entry
      let last = try lastCommit(log, after: attempt)
      try recall(&attempt, last, after: before.sequence, pipeline)
      current.attempts.append(attempt)
      // A window is one commit: once it is there, another attempt loads nothing.
      isLoaded = isLoaded || (job.window != nil && last?.position?.run == run)
      entry = try settle(last, attempt, after: entry, source: plan.source, parts.catalog, log)
      let waiting = try ledger.settle(attempt, last, discardsTail: discardsTail)
      current.count(ValidationReport(path: plan.report), waiting: waiting, in: plan.quarantine)
      current.stateAfter = entry.state
      current.sequence = entry.sequence
      record = current
      let isMoved =
        before.state != entry.state || attempt.meters.last.map { $0.rowsCommitted > 0 } == true
      if case .success = attempt.diagnosis {
        try count(&current, from: before.sequence, pipeline)
      }
      guard let delay = try conclude(&current, isMoved, &retry) else { return current }
      if let deadline, Self.seconds(until: deadline) <= delay {
        current.stopReason = "no further attempt: the job's timeout would be over"
        return current
      }
      record = current
      if let signal = inbox.pause(delay) {
        current.outcome = .interrupted
        current.exit = 128 + signal
        return current
      }
    }
  }

  private static func seconds(until deadline: UInt64) -> Double {
    let now = Clock.monotonic
    return now < deadline ? Double(deadline - now) / 1e9 : 0
  }

  /// A target of ours refuses it by itself; with any other the store is all that knows.
  private func refuseOtherSource(_ entry: StateEntry, _ source: String) throws(Failure) {
    guard entry.state != nil, let former = entry.source, former != source else { return }
    throw Failure(
      .configuration,
      "the source has changed (\(former), now \(source)), so the stored STATE may not fit it",
      hint: "`dativo run JOB --full-refresh` loads it from its beginning, beside what is there; "
        + "`dativo state accept JOB` goes on, if it is the same data."
    )
  }

  /// Whether the target leaves what comes after the last STATE.
  var discardsTail: Bool { job.target.config["tail"]?.string == "discard" }

  func warn(_ warning: String, _ record: inout RunRecord) {
    console.show("warning: \(warning)", .doubtful)
    runLog.take(
      [LogLine("dativo", "warning: \(warning)", level: .warning)],
      attempt: record.attempts.count + 1
    )
    record.warnings.append(warning)
  }

  /// One line for each connector of other people: what is enforced, what is not, what it is granted.
  private func tellConfinement(_ plan: Plan) {
    for line in plan.sandboxLines {
      let lines = [LogLine("dativo", line.text, level: line.isConfined ? .info : .warning)]
      runLog.take(lines, attempt: 1)
      console.show(lines)
    }
  }
}
