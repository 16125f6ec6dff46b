import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a job: from its last commit on, to the end of its source.",
    discussion: """
      The first SIGINT or SIGTERM asks the tap to end; what it has sent is committed. A second one \
      stops everything at once, which loses nothing either.

      EXIT STATUS
        0    all well; nothing new is also well
        1    done, but records were quarantined, or broke a rule and were let pass
        2    failed; the summary names the stage and the reason
        64   the command line is wrong
        75   another run of this job is under way, or somebody has locked it, or its circuit
             breaker is open
        78   the job file is wrong, or names something that is not there
        130  interrupted by SIGINT, 143 by SIGTERM: what was read is committed
      """
  )

  @Argument(help: "Job files, or folders of them, which are run one after the other.")
  var jobs: [String] = []

  @Option(name: .long, help: "A folder, all of whose jobs are run.")
  var jobDir: [String] = []

  @Flag(
    name: .long,
    help: "Forget the state first: load everything again, in place of what is there."
  )
  var fullRefresh = false

  @Option(
    name: .long,
    help:
      "Forget the state of this stream first: its rows are loaded again, in place of those there."
  )
  var fullRefreshStream: [String] = []

  @Option(name: .long, help: "Load only what matches, in place of the job's \"select\": orders.*")
  var select: [String] = []

  @Option(
    name: .long,
    help: "Load so many records of each stream, then end the tap; STATE covers no more than those."
  )
  var limit: Int?

  @Option(
    name: .long,
    help:
      "Load what is of this time or later, by the tap's own settings, and leave the state: 2026-01-31."
  )
  var since: String?

  @Option(name: .long, help: "Load what is before this time: 2026-01-31T12:00:00Z.")
  var until: String?

  @Flag(name: .long, help: "Show what would run, as `dativo plan` does, and move nothing.")
  var dryRun = false

  @Option(name: .long, help: .hidden)
  var part: String?

  /// Of a job in parts only those, as one that goes on needs no others.
  @Option(name: .long, help: .hidden)
  var onlyPart: [String] = []

  @Option(name: .long, help: .hidden)
  var catalog: String?

  @Option(name: .long, help: .hidden)
  var scratch: String?

  /// What a backfill calls the run, by which it finds its commit again.
  @Option(name: .long, help: .hidden)
  var runID: String?

  /// The window has been committed by the run of that name: only its target is to finish.
  @Flag(name: .long, help: .hidden)
  var loaded = false

  /// What a part may use, in bytes.
  @Option(name: .long, help: .hidden)
  var memory: Int?

  /// What a part may use.
  @Option(name: .long, help: .hidden)
  var processes: Int?

  /// A name that the job and its pipeline get beside their own.
  @Option(name: .long, help: .hidden)
  var lane: String?

  @Option(
    name: .long,
    help: "Wait so many seconds for another run of the job to end, or for its lock to be taken off."
  )
  var wait = 0.0

  @Flag(
    name: .long,
    help: "Run also while the circuit breaker is open, or to load a window once more."
  )
  var force = false

  @Flag(name: .long, help: "Print the run record as one JSON object on standard output.")
  var json = false

  @OptionGroup var telling: Telling

  func validate() throws {
    if fullRefresh, !fullRefreshStream.isEmpty {
      throw ValidationError("--full-refresh is for all streams: leave --full-refresh-stream out.")
    }
    if jobs.isEmpty, jobDir.isEmpty {
      throw ValidationError("Missing expected argument '<jobs> ...'")
    }
    _ = try window()
    if since != nil || until != nil, fullRefresh || !fullRefreshStream.isEmpty {
      throw ValidationError("A window leaves the state as it is: leave --full-refresh out.")
    }
    if limit != nil, fullRefresh || !fullRefreshStream.isEmpty {
      throw ValidationError(
        "--limit would leave a table with a few records: leave --full-refresh out."
      )
    }
    if let limit, limit < 1 { throw ValidationError("--limit takes a number above 0.") }
    guard wait >= 0, wait < 1e9 else { throw ValidationError("--wait takes seconds.") }
  }

  func run() throws {
    Manner.ofProcess = telling.manner
    var paths: [String] = []
    try Answer.give("run", json: json) {
      for place in jobs + jobDir { paths += try JobFile.paths(place) }
      // Before the first is run: a stream's name might stand where a job was meant.
      for path in paths where paths.count > 1 && !JobFile.exists(path) {
        throw Failure(
          .usage,
          "there is no job file \(path): nothing was run",
          hint: fullRefresh ? "For one stream it is --full-refresh-stream \(path)." : nil
        )
      }
      guard paths.count > 1 else { return try answer(paths[0]) }
      return try answers(paths)
    }
  }

  func answer(_ path: String) throws -> Answer {
    let file = JobFile.read(path)
    guard var job = file.job else { throw Findings(file.findings) }
    job = job.selecting(select)
    if runID != nil { job.hooks = [:] }
    if let window = try window() { job = job.within(window) }
    if let limit { job = job.limited(to: limit) }
    if dryRun {
      let preview = try Preview(job, part: part)
      return Answer(
        preview.json,
        text: preview.text,
        summary: preview.summary,
        warnings: file.findings + preview.warnings
      )
    }
    if let scratch { job = job.redirected(to: scratch) }
    job.resources.memory = memory ?? job.resources.memory
    job.resources.processes = processes ?? job.resources.processes
    if let lane { job = job.inLane(lane) }
    if let part {
      job = job.divided(Job.Part(stream: part, catalog: catalog))
    } else if job.isDivided {
      return try parallel(job, file)
    }
    let console = Console(showsProgress: !telling.noProgress)
    let record = try perform(job, file, console)
    tell(RunSummary.lines(record), record.outcome, record.json, console)
    var answer = Answer(
      record.json,
      text: nil,
      summary: RunSummary.lines(record)[0],
      exit: record.exit,
      warnings: file.findings
    )
    switch (record.outcome, record.blame) {
    case (.failed, let blame?): answer = answer.failed(blame.message, hint: blame.hint)
    case (.failed, nil): answer = answer.failed(record.stopReason ?? "failed")
    case (.interrupted, _): answer = answer.interrupted
    case (.success, _), (.partial, _), (.running, _): break
    }
    return answer
  }

  /// Runs each stream in a process of its own.
  private func parallel(_ job: Job, _ file: JobFile) throws -> Answer {
    var arguments = telling.arguments + (fullRefresh ? ["--full-refresh"] : [])
    for pattern in select { arguments += ["--select", pattern] }
    if let limit { arguments += ["--limit", "\(limit)"] }
    if force { arguments.append("--force") }
    if let since { arguments += ["--since", since] }
    if let until { arguments += ["--until", until] }
    if let scratch { arguments += ["--scratch", scratch] }
    let console = Console(showsProgress: false)
    let runner = try ParallelRunner(
      job,
      console: console,
      refreshing: fullRefreshStream,
      only: onlyPart,
      arguments: arguments
    )
    let record: ParallelRecord
    do throws(Failure) {
      record = try runner.run(wait: wait)
    } catch {
      throw error.ofRun
    }
    tell(record.lines, record.outcome, record.json, console)
    let answer = Answer(
      record.json,
      text: nil,
      summary: record.lines[0],
      exit: record.exit,
      warnings: file.findings
    )
    switch record.outcome {
    case .failed: return answer.failed(record.blame ?? record.lines[0])
    case .interrupted: return answer.interrupted
    case .success, .partial, .running: return answer
    }
  }

  private func perform(_ job: Job, _ file: JobFile, _ console: Console) throws -> RunRecord {
    do throws(Failure) {
      let runner: Runner
      if let runID {
        runner = try Runner(job, console: console, run: runID, isLoaded: loaded)
      } else {
        runner = try Runner(job, console: console)
      }
      // A backfill knows by itself what is loaded.
      return try runner.run(
        refresh: refresh,
        wait: wait,
        force: force,
        again: force || runID != nil
      )
    } catch {
      // A connector that refuses its settings does not know where in the job file they stand.
      let wrong = error.kind == .configuration ? Findings(file.settingsFindings(job)).errors : []
      guard wrong.isEmpty else { throw Findings(wrong) }
      throw error.ofRun
    }
  }

  private var refresh: Refresh {
    fullRefresh ? .everything : fullRefreshStream.isEmpty ? .nothing : .streams(fullRefreshStream)
  }
}
