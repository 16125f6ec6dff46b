import ArgumentParser
import Supervisor

/// `dativo plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a run would do: programs, streams, rules, state. Nothing is moved.",
    discussion: """
      The tap is asked for its streams and the destination for its last commit; secrets are hidden. \
      Of a job in parts each is listed, with its state and what is other in its configuration, and the \
      pipe of one of them.

      EXIT STATUS
        0    the job can run so
        64   the command line is wrong
        78   the job or what it names is wrong
        n    the tap's own code
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Option(name: .long, help: "The part whose pipe is shown, of a job in parts; else the first.")
  var part: String?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("plan", json: json) {
      let (job, warnings) = try Job.load(job)
      let preview = try Preview(job, part: part)
      return Answer(
        preview.json,
        text: preview.text,
        summary: preview.summary,
        warnings: warnings + preview.warnings
      )
    }
  }
}
