import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo check`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Try everything that a run needs, without moving data.",
    discussion: """
      The job and its contracts load, programs are there, the tap reaches its source, the \
      destination can be written, the state can be read.

      EXIT STATUS
        0    all well
        64   the command line is wrong
        69   the tap cannot reach its source
        74   the destination cannot be written
        78   the job or what it names is wrong
        n    the tap's own code
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("check", json: json) {
      let file = JobFile.read(job)
      guard let job = file.job else { throw Findings(file.findings) }
      var check = JobCheck(job)
      check.run(file)
      let failures = check.steps.compactMap(\.failure)
      var answer = Answer(
        .array(check.steps.map(\.json)),
        text: check.steps.map(\.text).joined(separator: "\n"),
        summary: failures.isEmpty
          ? "\(Figures.things(check.steps.count, "step")), all well" : failures.first?.message,
        exit: failures.first.map { Wire.ExitCode($0.kind).rawValue } ?? 0,
        warnings: file.findings + check.warnings
      )
      answer.errors = failures.map { Finding($0) }
      return answer
    }
  }
}
