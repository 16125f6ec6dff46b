internal import Children
internal import JSON
internal import Posix
package import Wire

/// Runs the streams of a job side by side, each in a part of its own; pipes and disks are all that
/// they share.
///
/// It must run on a thread that outlives the run: the main one.
package final class ParallelRunner {
  private let job: Job
  private let console: Console
  private let program: String
  private let refreshing: Set<String>
  /// The parts that are run; empty for all.
  private let only: Set<String>
  private let further: [String]
  private let store: any StateStore
  private let inbox: SignalInbox
  private let folder: String
  private var record: ParallelRecord
  /// What each part may use.
  private var budget = Resources()

  /// `arguments` are what each part is given beside its name; the streams `refreshing` are loaded
  /// from their beginning; the parts that are not among `only` are left out, if it names any.
  package init(
    _ job: Job,
    console: Console,
    refreshing: [String] = [],
    only: [String] = [],
    arguments: [String]
  ) throws(Failure) {
    self.job = job
    self.console = console
    guard let own = Executable.own else { throw Failure(.bug, "/proc/self/exe cannot be read") }
    program = own
    // What no part could begin with is told once, before the first.
    _ = try job.toldWindow(PluginCatalog(project: job.folder))
    try job.refuseWindowsOfOneTable()
    self.refreshing = Set(refreshing)
    self.only = Set(only)
    further = arguments
    store = try Home.store(job)
    let run = RunName.make()
    record = ParallelRecord(run: run, job: "\(job.tenant).\(job.name)")
    folder = "\(Home.folder(job))/run/\(job.tenant)/\(job.name)/\(run)"
    do throws(PosixError) {
      inbox = try SignalInbox()
    } catch {
      throw Failure(.io, "signals cannot be received: \(error)")
    }
  }

  /// Runs all parts; throws only for what keeps the run from beginning.
  ///
  /// Another run of the job is waited for, up to `wait` seconds.
  package func run(wait: Double = 0) throws(Failure) -> ParallelRecord {
    // Each part would say so.
    _ = try job.wholeContracts()
    try store.lock.take("run \(record.run)", waiting: wait, console) { inbox.pause($0) }
    defer { store.lock.release() }
    defer { Files.remove(Files.folder(of: folder)) }
    let began = Clock.monotonic
    // For the history, if this process is killed.
    record.owner = LockOwner("run \(record.run)")
    try write()
    do throws(Failure) {
      try job.refuseOtherDivision()
      let parts = try parts()
      let unlisted = UnlistedParts(of: job, beside: parts)
      try PartList.add(parts, to: job)
      try work(only.isEmpty ? parts : parts.filter { only.contains($0.stream) })
      record.owner = nil
      clear(unlisted)
    } catch {
      record.failure = error
      finish(began)
      throw error
    }
    finish(began)
    return record
  }

  /// Writes the record's end and calls the hooks.
  private func finish(_ began: UInt64) {
    record.owner = nil
    record.seconds = Double(Clock.monotonic - began) / 1e9
    tryToWrite()
    let problems = Hooks(job, outcome: record.outcome, record: record.json, path: path).call()
    guard !problems.isEmpty else { return }
    for problem in problems { console.show("warning: \(problem)", .doubtful) }
    record.warnings += problems
    tryToWrite()
  }

  /// What was loaded is loaded, whether that can be written down or not.
  private func tryToWrite() {
    do throws(Failure) {
      try write()
    } catch {
      console.show("warning: \(error.message)", .doubtful)
    }
  }

  /// The selected streams, of which the tap is asked once.
  private func parts() throws(Failure) -> [Job.Part] {
    guard job.partitions.isEmpty else {
      let names = job.partitions.map(\.name)
      try refuseUnknown(names)
      return names.map { Job.Part(stream: $0, catalog: nil) }
    }
    let discovery = PartDiscovery(
      job: job,
      interrupt: inbox.raw,
      console: console
    )
    let found = try discovery.catalog { inbox.pause($0) }
    try refuseUnknown(found.catalog.streams.map(\.tapStreamID))
    let path = "\(folder)/catalog.json"
    try found.write(path)
    return found.catalog.streams.filter(\.isSelected).map {
      Job.Part(stream: $0.tapStreamID, catalog: path)
    }
  }

  /// A refresh that went well leaves nothing of parts that are not listed any more.
  private func clear(_ unlisted: UnlistedParts) {
    guard further.contains("--full-refresh"), !unlisted.names.isEmpty else { return }
    guard record.outcome == .success || record.outcome == .partial else { return }
    console.show("\(record.job): removes the rows of \(unlisted.names.joined(separator: ", "))")
    for warning in unlisted.clear() {
      console.show("warning: \(warning)", .doubtful)
      record.warnings.append(warning)
    }
  }

  private func refuseUnknown(_ names: [String]) throws(Failure) {
    guard let missing = refreshing.subtracting(names).first else { return }
    let what = job.partitions.isEmpty ? "stream" : "partition"
    throw Failure(
      .usage,
      "\(record.job) has no \(what) \"\(missing)\"",
      hint: "It has \(names.joined(separator: ", "))."
    )
  }

  private func work(_ parts: [Job.Part]) throws(Failure) {
    let (count, each) = job.resources.divided(among: min(job.parallelism, parts.count))
    if count < min(job.parallelism, parts.count) {
      let warning = "the budget bears \(count) parts side by side, not \(job.parallelism)"
      console.show("warning: \(warning)", .doubtful)
      record.warnings.append(warning)
    }
    budget = each
    let pool = RunPool<Job.Part>(
      limit: count,
      lane: \.name,
      start: { [self] part throws(Failure) in try start(part) },
      show: { [console] part, lines in
        console.relay(lines, of: part.stream)
      },
      ended: { [self] part, process, left in
        note(ParallelRecord.Outcome(part, process), left: left)
        return true
      }
    )
    let end = try pool.work(parts, inbox)
    record.interruptedBy = end.interruptedBy
    record.left = end.left.map(\.stream)
  }

  private func note(_ outcome: ParallelRecord.Outcome, left: Int) {
    record.parts.append(outcome)
    console.show(
      "\(record.job): \(outcome.part.stream) \(outcome.record["outcome"]?.string ?? "failed"), "
        + "\(Figures.rows(outcome.rows("committed"))) committed; \(left) to go",
      outcome.exit == 0 ? .good : outcome.exit == 1 ? .doubtful : .bad
    )
  }

  private func start(_ part: Job.Part) throws(Failure) -> RunProcess {
    var arguments = ["run", job.file, "--part", part.stream, "--json", "--no-progress"]
    if let catalog = part.catalog { arguments += ["--catalog", catalog] }
    if refreshing.contains(part.stream) { arguments.append("--full-refresh") }
    let command = Command(
      program,
      arguments + budget.options + further,
      environment: StageEnvironment.withMaskKey,
      folder: nil
    )
    do throws(StartFailure) {
      return try RunProcess(command)
    } catch {
      throw Failure(error)
    }
  }

  private var path: String { "\(Home.folder(job))/runs/\(record.run).json" }

  private func write() throws(Failure) {
    try RunFile.write(record.json, path)
  }
}
