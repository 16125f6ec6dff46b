internal import Children
internal import Commits
internal import JSON
internal import Posix
package import Wire

/// Loads the windows of a backfill that are not loaded yet, each in a run of its own.
///
/// The destination decides what is loaded: a window is one commit, and carries the name of its run.
/// It must run on a thread that outlives the runs: the main one.
package final class BackfillRunner {
  private let job: Job
  private let console: Console
  private let program: String
  private let inbox: SignalInbox
  private let lock: JobLock
  private let wait: Double
  private let isExact: Bool
  /// The backfill as it stands.
  package private(set) var backfill: Backfill
  package private(set) var interruptedBy: Int32?
  package private(set) var warnings: [String] = []
  /// What each run may use.
  private var budget = Resources()
  /// The exit code of a run that says that no other would do better.
  private var hopeless: Int32?

  /// Goes on with the backfill that was begun with the same request, or begins it anew; takes the
  /// process's signals over.
  ///
  /// `wait` is how many seconds a window waits for another run of the job.
  package init(
    _ job: Job,
    _ request: Backfill.Request,
    restarts: Bool,
    wait: Double,
    console: Console
  ) throws(Failure) {
    self.job = job
    self.console = console
    self.wait = wait
    guard let own = Executable.own else { throw Failure(.bug, "/proc/self/exe cannot be read") }
    program = own
    let catalog = PluginCatalog(project: job.folder)
    // What no window could begin with is told before the first.
    let window = TimeWindow(since: request.from, until: request.to)
    _ = try job.within(window).toldWindow(catalog)
    isExact = try catalog.connector(job.target, .target).commitsState
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
    lock = Backfill.lock(job)
    try lock.take(for: "backfill \(request.id)", obeysHold: false)
    if !restarts, let begun = try Backfill.read(job, request) {
      backfill = begun
    } else {
      var streams = job.partitions.map(\.name)
      if streams.isEmpty, job.parallelism > 1 {
        streams = try Self.streams(job.selecting(request.select), inbox, console)
      }
      try job.refuseOtherDivision()
      if job.isDivided {
        try PartList.add(streams.map { Job.Part(stream: $0, catalog: nil) }, to: job)
      }
      backfill = try Backfill.new(job, request, streams: streams, keepsLog: isExact)
    }
    guard !restarts else { return }
    let adopted = try backfill.adopt(from: Backfill.all(job), job, keepsLog: isExact)
    if adopted > 0 {
      warnings.append(
        "\(Figures.things(adopted, "window")) of an earlier backfill not loaded again"
      )
    }
  }

  /// The streams that the tap offers and the job selects.
  private static func streams(
    _ job: Job,
    _ inbox: borrowing SignalInbox,
    _ console: Console
  ) throws(Failure) -> [String] {
    let discovery = PartDiscovery(
      job: job,
      interrupt: inbox.raw,
      console: console
    )
    let found = try discovery.catalog { inbox.pause($0) }
    return found.catalog.streams.filter(\.isSelected).map(\.tapStreamID)
  }

  /// Loads what is left, up to `parallel` windows side by side.
  package func run(parallel: Int) throws(Failure) {
    defer { lock.release() }
    let pipelines = Set(backfill.units.map(\.pipeline)).count
    guard parallel == 1 || pipelines > 1 || backfill.units.count == 1 else {
      throw Failure(
        .usage,
        "the windows come one after the other: they go into one table, which has one writer",
        hint: "Leave --parallel out. With `shared: true` in the target's config, from its first "
          + "load on, each window is a pipeline of its own."
      )
    }
    if !isExact {
      warnings.append(
        "the target keeps no state: a window whose run was killed is loaded again, and its rows may "
          + "be there twice"
      )
    }
    var waiting: [Int] = []
    for index in backfill.units.indices where backfill.units[index].status != .done {
      if try !isSettled(index) { waiting.append(index) }
    }
    try backfill.write()
    let (count, each) = job.resources.divided(among: min(parallel, max(waiting.count, 1)))
    if count < min(parallel, waiting.count) {
      warnings.append("the budget bears \(count) windows side by side, not \(parallel)")
    }
    budget = each
    let pool = RunPool<Int>(
      limit: count,
      lane: { [self] in backfill.units[$0].pipeline },
      start: { [self] index throws(Failure) in try start(index) },
      show: { [self] index, lines in
        let name = backfill.units[index].name
        console.show(lines.map { "\(name) | \($0)" })
      },
      ended: { [self] index, process, left throws(Failure) in
        try note(index, process, left: left)
        return hopeless == nil
      }
    )
    interruptedBy = try pool.work(waiting, inbox).interruptedBy
    callHooks()
  }

  package var exit: Int32 {
    if let interruptedBy { return 128 + interruptedBy }
    if let hopeless { return hopeless }
    guard backfill.outcome == .success else { return 2 }
    return backfill.quarantined > 0 ? 1 : 0
  }

  // MARK: One window

  /// The windows whose commit is there, but whose files its writer may not have made visible.
  private var unfinished: Set<Int> = []

  /// Whether a window that somebody has tried is loaded, and nothing is left to do for it.
  private func isSettled(_ index: Int) throws(Failure) -> Bool {
    let unit = backfill.units[index]
    guard isExact, unit.isUncertain, let sequence = unit.sequence,
      let commits = try job.commits(after: sequence, unit.pipeline),
      let commit = commits.last(where: { $0.kind == .data && unit.runs.contains($0.run) })
    else { return false }
    backfill.units[index].rows = commit.files.reduce(0) { $0 + $1.rows }
    backfill.units[index].error = nil
    // Whoever commits after it has finished it first.
    guard commit.sequence == commits.last?.sequence else {
      backfill.units[index].status = .done
      return true
    }
    unfinished.insert(index)
    return false
  }

  private func start(_ index: Int) throws(Failure) -> RunProcess {
    let run = RunName.make()
    // Before it begins: what it commits must be found under its name.
    backfill.units[index].status = .running
    backfill.units[index].runs.append(run)
    backfill.units[index].error = nil
    try backfill.write()
    let unit = backfill.units[index]
    var arguments = ["run", job.file, "--json", "--no-progress", "--run-id", run]
    if let since = unit.window.since { arguments += ["--since", since.text] }
    if let until = unit.window.until { arguments += ["--until", until.text] }
    if let part = unit.part { arguments += ["--part", part] }
    if let lane = unit.lane { arguments += ["--lane", lane] }
    for pattern in backfill.request.select { arguments += ["--select", pattern] }
    if wait > 0 { arguments += ["--wait", "\(wait)"] }
    if unfinished.contains(index) { arguments.append("--loaded") }
    let command = Command(
      program,
      arguments + budget.options,
      environment: StageEnvironment.withMaskKey,
      folder: nil
    )
    do throws(StartFailure) {
      return try RunProcess(command)
    } catch {
      throw Failure(error)
    }
  }

  private func note(_ index: Int, _ process: RunProcess, left: Int) throws(Failure) {
    let exit = process.exit?.shellCode ?? 70
    let record = process.envelope?["result"] ?? .null
    func rows(_ key: String) -> Int { Int(record["rows"]?[key]?.number?.int64 ?? 0) }
    var unit = backfill.units[index]
    switch exit {
    case 0, 1:
      unit.status = .done
      if !unfinished.contains(index) { unit.rows = rows("committed") }
      unit.quarantined = rows("quarantined")
      unit.seconds = Double(Clock.monotonic - process.began) / 1e9
    case 129...131, 143: unit.status = .waiting
    default:
      unit.status = .failed
      let errors = process.envelope?["errors"]?.array ?? []
      let told = record["failure"]?["message"] ?? errors.first?["message"]
      unit.error = told?.string ?? "dativo run ended with \(exit)"
      if [64, 77, 78].contains(exit) { hopeless = exit }
    }
    backfill.units[index] = unit
    try backfill.write()
    let outcome = unit.error.map { "failed: \($0)" } ?? "\(Figures.rows(unit.rows)) committed"
    console.show(
      "\(backfill.job): \(unit.name): \(unit.status == .waiting ? "interrupted" : outcome); "
        + "\(left) to go",
      unit.status == .done ? (exit == 0 ? .good : .doubtful) : .bad
    )
  }

  /// The job's hooks are told of the whole, once.
  private func callHooks() {
    let outcome: RunRecord.Outcome =
      interruptedBy != nil
      ? .interrupted
      : backfill.outcome != .success ? .failed : backfill.quarantined > 0 ? .partial : .success
    let path = "\(Backfill.folder(job))/\(backfill.id).json"
    warnings += Hooks(job, outcome: outcome, record: backfill.json, path: path).call()
  }
}
