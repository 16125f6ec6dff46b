import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a job: from its last commit on, to the end of its source.",
    discussion: """
      The first SIGINT or SIGTERM asks the tap to end; what it has sent is committed. A second one \
      stops everything at once, which loses nothing either.

      EXIT STATUS
        0    all well; nothing new is also well
        1    done, but records were quarantined, or broke a rule and were let pass
        2    failed; the summary names the stage and the reason
        64   the command line is wrong
        75   another run of this job is under way, or somebody has locked it
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

  @Flag(name: .long, help: "Show what would run, as `dativo plan` does, and move nothing.")
  var dryRun = false

  @Option(name: .long, help: .hidden)
  var part: String?

  @Option(name: .long, help: .hidden)
  var catalog: String?

  @Option(name: .long, help: .hidden)
  var scratch: String?

  @Option(
    name: .long,
    help: "Wait so many seconds for another run of the job to end, or for its lock to be taken off."
  )
  var wait = 0.0

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
    guard wait >= 0, wait < 1e9 else { throw ValidationError("--wait takes seconds.") }
  }

  func run() throws {
    Manner.ofProcess = telling.manner
    var paths: [String] = []
    try Answer.give("run", json: json) {
      for place in jobs + jobDir { paths += try JobFile.paths(place) }
      guard paths.count > 1 else { return try answer(paths[0]) }
      return try answers(paths)
    }
  }

  /// One job after the other; what fails does not keep those behind it from running.
  private func answers(_ paths: [String]) throws -> Answer {
    var all = Answer(.array([]), text: dryRun ? "" : nil)
    var results: [JSONValue] = []
    for path in paths {
      var one: Answer
      do {
        one = try answer(path)
      } catch let findings as Findings {
        one = Answer(.null, text: nil, exit: 2, warnings: findings.warnings)
        one.errors = findings.errors
      } catch let failure as Failure {
        if case .signal = failure.kind { throw failure }
        one = Answer(.null, text: nil, exit: 2)
        one.errors = [Finding(failure)]
      }
      Console(showsProgress: false).show(one.errors.map(\.text), level: .error)
      results.append([
        "file": .string(path), "exit": .number(JSONNumber(one.exit)), "result": one.result,
      ])
      all.errors += one.errors
      all.warnings += one.warnings
      if let text = one.text { all.text = (all.text ?? "") + text + "\n" }
      // An interruption is one of everything.
      all.exit = one.exit > 128 ? one.exit : Swift.max(all.exit, one.exit)
      if one.exit > 128 { break }
    }
    all.result = .array(results)
    return all
  }

  private func answer(_ path: String) throws -> Answer {
    let file = JobFile.read(path)
    guard var job = file.job else { throw Findings(file.findings) }
    if !select.isEmpty { job.select = select }
    if dryRun {
      let preview = try Preview(job)
      return Answer(
        preview.plan.json,
        text: preview.plan.text,
        warnings: file.findings + preview.warnings
      )
    }
    if let scratch { job = job.redirected(to: scratch) }
    if let part {
      job = job.divided(Job.Part(stream: part, catalog: catalog))
    } else if job.parallelism > 1 {
      return try parallel(job, file)
    }
    let console = Console(showsProgress: !telling.noProgress)
    let record = try perform(job, file, console)
    tell(RunSummary.lines(record), record.outcome, record.json, console)
    var answer = Answer(record.json, text: nil, exit: record.exit, warnings: file.findings)
    if let blame = record.blame, record.outcome == .failed {
      answer.errors = [Finding(.error, blame.message, hint: blame.hint)]
    }
    return answer
  }

  /// Runs each stream in a process of its own.
  private func parallel(_ job: Job, _ file: JobFile) throws -> Answer {
    var arguments = telling.arguments + (fullRefresh ? ["--full-refresh"] : [])
    for pattern in select { arguments += ["--select", pattern] }
    let console = Console(showsProgress: false)
    let runner = try ParallelRunner(
      job,
      console: console,
      refreshing: fullRefreshStream,
      arguments: arguments
    )
    let record = try runner.run(wait: wait)
    tell(record.lines, record.outcome, record.json, console)
    return Answer(record.json, text: nil, exit: record.exit, warnings: file.findings)
  }

  /// Tells what a run came to: the summary in words, the figures as an event.
  private func tell(
    _ lines: [String],
    _ outcome: RunRecord.Outcome,
    _ record: JSONValue,
    _ console: Console
  ) {
    console.show(lines[0], Self.colour(outcome), Array(lines.dropFirst()))
    var figures = JSONObject()
    for name in ["run", "job", "outcome", "exit", "seconds", "rows", "streams", "failure"] {
      figures[name] = record[name]
    }
    console.tell("run", figures)
  }

  private static func colour(_ outcome: RunRecord.Outcome) -> Console.Colour {
    switch outcome {
    case .success: .good
    case .partial, .interrupted, .running: .doubtful
    case .failed: .bad
    }
  }

  private func perform(_ job: Job, _ file: JobFile, _ console: Console) throws -> RunRecord {
    do throws(Failure) {
      return try Runner(job, console: console).run(refresh: refresh, wait: wait)
    } catch {
      // A connector that refuses its settings does not know where in the job file they stand.
      let wrong = error.kind == .configuration ? Findings(file.settingsFindings(job)).errors : []
      guard wrong.isEmpty else { throw Findings(wrong) }
      throw error
    }
  }

  private var refresh: Refresh {
    fullRefresh ? .everything : fullRefreshStream.isEmpty ? .nothing : .streams(fullRefreshStream)
  }
}
