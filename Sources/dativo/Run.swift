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

  @Argument(help: "The job file.")
  var job: String

  @Flag(
    name: .long,
    help: "Forget the state first: load everything again, in place of what is there."
  )
  var fullRefresh = false

  @Option(
    name: .long,
    help: "Wait so many seconds for another run of the job to end, or for its lock to be taken off."
  )
  var wait = 0.0

  @Flag(name: .long, help: "Print the run record as one JSON object on standard output.")
  var json = false

  @Flag(name: .long, help: "Do not show how far the run is.")
  var noProgress = false

  func validate() throws {
    guard wait >= 0, wait < 1e9 else { throw ValidationError("--wait takes seconds.") }
  }

  func run() throws {
    try Answer.give("run", json: json) {
      let file = JobFile.read(job)
      guard let job = file.job else { throw Findings(file.findings) }
      let warnings = file.findings
      let console = Console(showsProgress: !noProgress)
      let record = try perform(job, file, console)
      let colour: Console.Colour =
        switch record.outcome {
        case .success: .good
        case .partial, .interrupted, .running: .doubtful
        case .failed: .bad
        }
      let lines = RunSummary.lines(record)
      console.show(lines[0], colour)
      console.show(Array(lines.dropFirst()))
      var answer = Answer(record.json, text: nil, exit: record.exit, warnings: warnings)
      if let blame = record.blame, record.outcome == .failed {
        answer.errors = [Finding(.error, blame.message, hint: blame.hint)]
      }
      return answer
    }
  }

  private func perform(_ job: Job, _ file: JobFile, _ console: Console) throws -> RunRecord {
    do throws(Failure) {
      return try Runner(job, console: console).run(fullRefresh: fullRefresh, wait: wait)
    } catch {
      // A connector that refuses its settings does not know where in the job file they stand.
      let wrong = error.kind == .configuration ? Findings(file.settingsFindings(job)).errors : []
      guard wrong.isEmpty else { throw Findings(wrong) }
      throw error
    }
  }
}
