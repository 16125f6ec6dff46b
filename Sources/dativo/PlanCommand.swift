import ArgumentParser
import Supervisor

/// `dativo plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a run would do: programs, streams, rules, state. Nothing is moved.",
    discussion: """
      The tap is asked for its streams and the destination for its last commit; secrets are hidden.

      EXIT STATUS
        0    the job can run so
        64   the command line is wrong
        78   the job or what it names is wrong
        n    the tap's own code
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("plan", json: json) {
      let (job, warnings) = try Job.load(job)
      let preview = try Preview(job)
      return Answer(
        preview.plan.json,
        text: preview.plan.text,
        summary: "\(preview.plan.job): \(preview.plan.stages.map(\.name).joined(separator: " | "))",
        warnings: warnings + preview.warnings
      )
    }
  }
}
