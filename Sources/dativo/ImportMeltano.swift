import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo import meltano`, and `dativo import` without another word.
struct ImportMeltano: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meltano",
    abstract: "Make job files of a Meltano project (default).",
    discussion: """
      Each task of a job, and each schedule, that is an extractor with a loader becomes a job file; a \
      project without jobs gives one for each extractor and loader. Configuration, select, metadata \
      and schema are carried over, with those of the environment; secrets are read from the \
      variables that Meltano reads them from. What cannot be carried over is told.

        dativo import meltano.yml
        dativo state import jobs.yaml --meltano STATE   # and the state, where there is one

      EXIT STATUS
        0    the job files are written
        64   the command line is wrong, or a job file is there already
        78   it is no project of Meltano
      """
  )

  @Argument(help: "The project's meltano.yml.")
  var project: String

  @Option(name: .long, help: "The environment; none for the project's default.")
  var environment: String?

  @Option(
    name: [.customLong("into"), .customLong("output")],
    help: "The folder for the job files; none for the project's."
  )
  var into: String?

  @Option(name: .long, help: "The tenant of the jobs.")
  var tenant = "default"

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("import", json: json) {
      let done = try MeltanoImport(
        project,
        environment: environment,
        tenant: tenant,
        folder: into
      )
      var lines = done.made.map { "\($0.path): \($0.source) to \($0.target)" }
      if !done.notes.isEmpty { lines += ["", "By hand:"] + done.notes.map { "  \($0)" } }
      if !done.schedules.isEmpty {
        lines += ["", "Schedules, for whoever calls `dativo run` from now on:"]
        lines += done.schedules.map { "  \($0)" }
      }
      return Answer(done.json, text: lines.joined(separator: "\n"))
    }
  }
}
