import ArgumentParser
import JSON
import Supervisor

/// `dativo init`.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a project: a job, and a contract drawn up from data.",
    discussion: """
      Without --from it comes with a sample file, so that the job runs at once. The contract says \
      what was seen: types; and where the whole file could be read, also keys and which columns \
      have no empty values. Nothing that is there is overwritten.

        dativo init shop --from orders.csv
        cd shop && dativo run job.yaml

      EXIT STATUS
        0    done
        64   the command line is wrong, or a file is there already
        74   the folder cannot be written
        78   the data cannot be read
      """
  )

  @Argument(help: "The project's folder; created where it is missing.")
  var folder = "."

  @Option(name: .long, help: "A CSV file to load; gzip and zstd are read too.")
  var from: String?

  @Option(name: .long, help: "The job's name; by default that of the file.")
  var name: String?

  @Option(name: .long, help: "Whose data it is.")
  var tenant = "demo"

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("init", json: json) {
      let project = try Project(folder: folder, data: from, name: name, tenant: tenant)
      let files = try project.make()
      let change = folder == "." ? "" : "cd \(quoted(folder)) && "
      let text =
        (files.map { "wrote \($0)" } + ["", "Next: \(change)dativo run job.yaml"])
        .joined(separator: "\n")
      return Answer(["files": .array(files.map { .string($0) })], text: text)
    }
  }

  /// A path as a shell takes it for one word.
  private func quoted(_ path: String) -> String {
    let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
    guard !isPlain else { return path }
    return "'" + path.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
