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
  private let further: [String]
  private let store: any StateStore
  private let inbox: SignalInbox
  private let folder: String
  private var record: ParallelRecord

  /// `arguments` are what each part is given beside its name; the streams `refreshing` are loaded
  /// from their beginning.
  package init(
    _ job: Job,
    console: Console,
    refreshing: [String] = [],
    arguments: [String]
  ) throws(Failure) {
    self.job = job
    self.console = console
    guard let own = Executable.own else { throw Failure(.bug, "/proc/self/exe cannot be read") }
    program = own
    self.refreshing = Set(refreshing)
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
    try store.lock.take("run \(record.run)", waiting: wait, console) { inbox.pause($0) }
    defer { store.lock.release() }
    defer { Files.remove(Files.folder(of: folder)) }
    let began = Clock.monotonic
    let parts = try parts()
    try PartList.add(parts, to: job)
    try work(parts)
    record.seconds = Double(Clock.monotonic - began) / 1e9
    try write()
    let problems = Hooks(job, outcome: record.outcome, record: record.json, path: path).call()
    guard !problems.isEmpty else { return record }
    for problem in problems { console.show("warning: \(problem)", .doubtful) }
    record.warnings += problems
    try write()
    return record
  }

  /// The selected streams, of which the tap is asked once.
  private func parts() throws(Failure) -> [Job.Part] {
    let catalog = PluginCatalog(project: job.folder)
    let preparation = Preparation(
      job,
      tap: try catalog.connector(job.source, .tap),
      target: try catalog.connector(job.target, .target),
      folder: folder,
      interrupt: inbox.raw
    ) { [console] in console.show("warning: \($0)", .doubtful) }
    guard let found = try preparation.parts().catalog else {
      throw Failure(
        .configuration,
        "\(job.file): \"parallelism\" needs a tap that tells its streams and takes a catalog",
        hint: "Remove \"parallelism\": the tap's streams come one after the other."
      )
    }
    if let missing = refreshing.subtracting(found.streams.map(\.tapStreamID)).first {
      throw Failure(
        .usage,
        "\(record.job) has no stream \"\(missing)\"",
        hint: "It has \(found.streams.map(\.tapStreamID).joined(separator: ", "))."
      )
    }
    let path = "\(folder)/catalog.json"
    try PrivateFile.write(path, found.json)
    return found.streams.filter(\.isSelected).map {
      Job.Part(stream: $0.tapStreamID, catalog: path)
    }
  }

  private func work(_ parts: [Job.Part]) throws(Failure) {
    var waiting = parts[...]
    var running: [(part: Job.Part, process: RunProcess)] = []
    while !running.isEmpty || (!waiting.isEmpty && record.interruptedBy == nil) {
      while running.count < job.parallelism, record.interruptedBy == nil,
        let part = waiting.popFirst()
      {
        running.append((part, try start(part)))
      }
      _ = try? Poll.readable(running.flatMap(\.process.polled) + [inbox.raw], milliseconds: 1000)
      while let signal = inbox.next() {
        // The first asks for a clean drain, the second ends everything: as a part itself has it.
        record.interruptedBy = record.interruptedBy ?? signal
        for one in running { one.process.signal(signal) }
      }
      for (part, process) in running { show(part, process) }
      for (part, process) in running where process.reap() {
        show(part, process, blocks: 1024)
        let outcome = ParallelRecord.Outcome(part, process)
        record.parts.append(outcome)
        console.show(
          "\(record.job): \(part.stream) \(outcome.record["outcome"]?.string ?? "failed"), "
            + "\(Figures.rows(outcome.rows("committed"))) committed; "
            + "\(running.count - 1 + waiting.count) to go",
          outcome.exit == 0 ? .good : outcome.exit == 1 ? .doubtful : .bad
        )
      }
      running.removeAll { $0.process.exit != nil }
    }
    record.left = waiting.map(\.stream)
  }

  private func start(_ part: Job.Part) throws(Failure) -> RunProcess {
    var arguments = ["run", job.file, "--part", part.stream, "--json", "--no-progress"]
    if let catalog = part.catalog { arguments += ["--catalog", catalog] }
    if refreshing.contains(part.stream) { arguments.append("--full-refresh") }
    let command = Command(
      program,
      arguments + further,
      environment: StageEnvironment.withMaskKey,
      folder: nil
    )
    do throws(StartFailure) {
      return try RunProcess(command)
    } catch {
      throw Failure(error)
    }
  }

  private func show(_ part: Job.Part, _ process: RunProcess, blocks: Int = 4) {
    let lines = process.listen(blocks: blocks)
    guard !lines.isEmpty else { return }
    console.relay(lines, of: part.stream)
  }

  private var path: String { "\(Home.folder(job))/runs/\(record.run).json" }

  private func write() throws(Failure) {
    try RunFile.write(record.json, path)
  }
}
