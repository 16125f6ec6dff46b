internal import Children
internal import JSON
internal import Posix
package import Wire

/// Sends records that were set aside through the job's contract and target once more.
///
/// A target of ours takes them in one commit, which names this replay and leaves the STATE as it
/// is: whether it is there says after any kill whether they have been replayed. It must run on the
/// main thread, as `Runner` must.
package final class Replay {
  /// What is replayed, and how.
  package struct Request: Sendable {
    package var filter: QuarantineFilter
    /// An edited copy of the records.
    package var repair: String?
    /// A command of the shell that edits them.
    package var command: String?
    /// Only to see which would pass.
    package var isTrial: Bool

    package init(
      _ filter: QuarantineFilter,
      repair: String?,
      command: String?,
      isTrial: Bool
    ) {
      self.filter = filter
      self.repair = repair
      self.command = command
      self.isTrial = isTrial
    }
  }

  private let job: Job
  private let console: Console
  private let inbox: SignalInbox
  private let store: any StateStore
  private let run = RunName.make()
  private let folder: String
  private let secrets: SecretAccess
  private let tap: Connector
  private let target: Connector

  /// Takes the process's signals over.
  package init(_ job: Job, console: Console) throws(Failure) {
    self.job = job
    self.console = console
    let catalog = PluginCatalog(project: job.folder)
    tap = try catalog.connector(job.source, .tap)
    target = try catalog.connector(job.target, .target)
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
    store = try Home.store(job)
    secrets = SecretAccess(job, run: run)
    folder = "\(Home.folder(job))/run/\(job.tenant)/\(job.name)/\(run)"
  }

  package func perform(_ request: Request) throws(Failure) -> ReplayOutcome {
    Processes.adoptOrphans()
    try store.lock.take(for: "quarantine replay \(run)", obeysHold: true)
    Files.remove(Files.folder(of: folder))
    defer {
      Files.remove(Files.folder(of: folder))
      Processes.killOrphans()
    }
    let log = try log()
    var ledger = try QuarantineLedger(job)
    let last = try log?.last()
    _ = try ledger.recover(last, stored: try store.read()?.state)
    if last?.replacing.isEmpty == false {
      throw Failure(
        .temporary,
        "the state was reset: the next run replaces the rows, and the records come again",
        hint: "Run the job first."
      )
    }
    let feed = try feed(ledger, request)
    try refuseOverwriting(feed.streams)
    var outcome = ReplayOutcome(job: job.pipeline, run: run, isTrial: request.isTrial)
    outcome.isExact = target.commitsState
    outcome.sent = feed.count
    outcome.unplayable = feed.unplayable
    outcome.repeats = feed.repeats
    if request.isTrial {
      if feed.count > 0 { try attempt(isTrial: true) }
      outcome.violating = try Self.count(quarantine(isTrial: true))
      return outcome
    }
    if feed.count > 0 {
      outcome.violating = try replay(feed, &ledger, log, epoch: last?.epoch ?? 0)
      outcome.file = outcome.violating > 0 ? quarantine(isTrial: false) : nil
    } else if ledger.awaitsTarget {
      try attempt(isTrial: false)
      try ledger.finish()
    }
    return outcome
  }

  /// Replays what was fed; returns how many records still break a rule.
  private func replay(
    _ feed: ReplayFeed,
    _ ledger: inout QuarantineLedger,
    _ log: TargetLog?,
    epoch: Int
  ) throws(Failure) -> Int {
    let pending = QuarantineLedger.Pending(
      run: run,
      name: run,
      file: quarantine(isTrial: false),
      start: 0,
      epoch: epoch,
      began: Clock.timestamp,
      sent: feed.sent
    )
    try ledger.begin(pending)
    do throws(Failure) {
      try attempt(isTrial: false)
      return try ledger.settle(.everything)
    } catch {
      let reach = QuarantineLedger.reach(of: pending, try log?.last(), told: nil)
      let violating = try ledger.settle(reach, isAtEnd: false)
      // What was committed was replayed, whatever the target did afterwards; its next writer makes
      // the rows visible.
      guard case .everything = reach, case .temporary = error.kind else { throw error }
      try Self.empty(feedFile)
      try attempt(isTrial: false)
      try ledger.finish()
      return violating
    }
  }

  // MARK: Steps

  private func log() throws(Failure) -> TargetLog? {
    guard target.commitsState else { return nil }
    let pipeline = job.target.config["pipeline"]?.string ?? job.pipeline
    return TargetLog(job, target, pipeline: pipeline, secrets: secrets, interrupt: inbox.raw)
  }

  private var feedFile: String { "\(folder)/replay.jsonl" }

  /// Where records go that still break a rule.
  private func quarantine(isTrial: Bool) -> String {
    isTrial
      ? "\(folder)/trial.jsonl"
      : "\(Home.folder(job))/quarantine/\(job.tenant)/\(job.name)/\(run).jsonl"
  }

  private func feed(
    _ ledger: QuarantineLedger,
    _ request: Request
  ) throws(Failure) -> ReplayFeed {
    var repair: Repair?
    if let path = request.repair { repair = try Repair(file: path) }
    if let command = request.command {
      let input = "\(folder)/repair.in.jsonl"
      try ledger.write(request.filter, to: input)
      repair = try Repair(
        command: command,
        input: input,
        output: "\(folder)/repair.out.jsonl",
        folder: job.folder,
        interrupt: inbox.raw
      )
    }
    return try ReplayFeed(ledger, request.filter, repair, to: feedFile)
  }

  private static func empty(_ path: String) throws(Failure) {
    do throws(PosixError) {
      try Files.write(path, [], mode: 0o600)
    } catch {
      throw Failure(.io, "the records to replay cannot be written: \(error)")
    }
  }

  private static func count(_ path: String) throws(Failure) -> Int {
    var count = 0
    try QuarantineLine.read(path, 0..<Files.size(path)) { line, _ in
      if line.isRecord { count += 1 }
    }
    return count
  }

  /// A table that each load replaces would lose its rows to those of the replay.
  private func refuseOverwriting(_ streams: Set<String>) throws(Failure) {
    let config = job.target.config
    for stream in streams.sorted() {
      let method = config["streams"]?[stream]?["load_method"] ?? config["load_method"]
      guard method?.string == "overwrite" else { continue }
      throw Failure(
        .configuration,
        "the table of stream \(stream) is replaced by each load (\"load_method\": \"overwrite\")",
        hint: "Repair the source, or loosen the contract, and run the job: it sends them again."
      )
    }
  }

  /// Runs the pipe once; throws if it does not end well.
  private func attempt(isTrial: Bool) throws(Failure) {
    var job = job
    job.validation = Job.Validation()
    job.validation.mode = .quarantine
    job.validation.quarantine = quarantine(isTrial: isTrial)
    job.source.isLenient = false
    job.stallSeconds = nil
    let preparation = Preparation(job, tap: tap, target: target, secrets: secrets)
    let parts = try preparation.parts(discovers: false)
    let privately = try PrivateFolder()
    var plan = Plan(
      job,
      parts,
      run: run,
      folder: folder,
      privateFolder: privately.path,
      state: nil
    )
    plan.stages[0] = Plan.Stage(
      role: .tap,
      name: "replay",
      executable: "/bin/cat",
      arguments: [feedFile]
    )
    plan = plan.withoutTapFiles()
    if isTrial {
      let nowhere = ["-c", "exec cat >/dev/null"]
      plan.stages[2] = Plan.Stage(
        role: .target,
        name: "nowhere",
        executable: "/bin/sh",
        arguments: nowhere
      )
    }
    _ = try secrets.hand(plan.files)
    let pipeline: Pipeline
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: quarantine(isTrial: isTrial)))
    } catch {
      throw Failure(.io, "the folder of the quarantine cannot be made: \(error)")
    }
    do throws(StartFailure) {
      pipeline = try Pipeline.start(plan, environment: StageEnvironment.base)
    } catch {
      throw Failure(error)
    }
    let attempt = withExtendedLifetime(privately) {
      pipeline.run(
        inbox,
        Pipeline.Observer(
          log: { [console] in console.show($0) },
          committed: { _ in },
          progress: { _ in }
        )
      )
    }
    switch attempt.diagnosis {
    case .success: return
    case .interrupted(let signal): throw Failure(.signal(signal), "interrupted")
    case .failed(let blame):
      let known = ExitCode(rawValue: blame.code).kind
      let kind = blame.recovery == .none ? known ?? .temporary : .temporary
      let role = attempt.ends[blame.stage].role
      throw Failure(kind, "\(role): \(blame.message)", hint: blame.hint ?? blame.lines.last)
    }
  }
}
