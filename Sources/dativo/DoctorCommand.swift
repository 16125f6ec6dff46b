import ArgumentParser
import JSON
import Supervisor

/// `dativo doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at what runs need: the machine, programs, plugins, permissions, storage.",
    discussion: """
      Each line says ok, warn or fail, and what to do. With a job it also does what `dativo check` \
      does: its settings, contracts, tap, destination and state.

      EXIT STATUS
        0    nothing failed
        1    something did
        64   the command line is wrong
      """
  )

  @Argument(help: "A job file, or the folder of a project.")
  var job = "."

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("doctor", json: json) {
      let doctor =
        Paths.isFolder(job) ? Doctor(folder: job) : Doctor(folder: ".", job: JobFile.read(job))
      let answer = Answer(
        [
          "checks": .array(doctor.checks.map(\.json)),
          "failed": .number(JSONNumber(doctor.failed)),
          "warned": .number(JSONNumber(doctor.warned)),
        ],
        text: doctor.text,
        summary: "\(Figures.things(doctor.checks.count, "check")), \(doctor.failed) failed, "
          + "\(Figures.things(doctor.warned, "warning"))",
        exit: doctor.failed > 0 ? 1 : 0
      )
      guard let first = doctor.checks.first(where: { $0.status == .fail }) else { return answer }
      let others = doctor.failed > 1 ? ", and \(doctor.failed - 1) more" : ""
      return answer.failed("\(first.name): \(first.detail)\(others)", hint: first.hint)
    }
  }
}
