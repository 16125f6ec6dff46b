import ArgumentParser
import JSON
import Supervisor

/// `dativo import dativo-v1`.
struct ImportDativoV1: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dativo-v1",
    abstract: "Make jobs and contracts of a project of dativo-ingest.",
    discussion: """
      Jobs, connector recipes and assets are told apart by what they hold, wherever they lie below \
      the folder; a path that begins with /app/ is one of the project. Each job becomes a job file, \
      each asset an ODCS contract in contracts/. Secrets become ${NAME}: no value of one is written \
      or shown. Each thing that was carried, stood in a deprecated form or was not carried is told \
      with file, line and column; --all tells what was carried too.

        dativo import dativo-v1 ../dativo-ingest --output shop
        dativo lint shop

      EXIT STATUS
        0    the files are written
        64   the command line is wrong, or a file is there already
        78   it is no project of dativo-ingest, or a file of it is no YAML
      """
  )

  @Argument(help: "The project's folder.")
  var folder: String

  @Option(
    name: [.customLong("output"), .customLong("into")],
    help: "The folder for the files; none for the working folder."
  )
  var output = "."

  @Flag(name: .long, help: "Tell what was carried, too.")
  var all = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("import dativo-v1", json: json) {
      let done = try DativoV1Import(folder, output: output)
      var lines = (done.jobs + done.contracts).map { "\($0.path): \($0.title), from \($0.from)" }
      func tell(_ status: ImportNote.Status, _ title: String) {
        let notes = done.notes.filter { $0.status == status }
        guard !notes.isEmpty else { return }
        lines += ["", "\(title):"] + notes.map(\.text)
      }
      if all { tell(.carried, "Carried") }
      tell(.deprecated, "Deprecated forms, which were read")
      tell(.left, "Not carried")
      if !done.schedules.isEmpty {
        lines += ["", "Schedules, for whoever calls `dativo run` from now on:"]
        lines += done.schedules.map { "  \($0.text)" }
      }
      lines += done.unreadable.map(\.text)
      var answer = Answer(
        done.json,
        text: lines.joined(separator: "\n"),
        exit: done.unreadable.isEmpty ? 0 : 78
      )
      answer.errors = done.unreadable
      return answer
    }
  }
}
