import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo support-bundle`.
struct SupportBundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "support-bundle",
    abstract: "Pack what helps to find a fault into one archive, without secrets.",
    discussion: """
      In it: job files (no comments, secrets hidden), versions, what `dativo doctor` says, dativo.lock, \
      and the newest runs with their logs, without STATE. No data and no contracts. Logs of taps may \
      quote records: look into it before you send it.

      EXIT STATUS
        0    done
        64   the command line is wrong
        74   it cannot be written
      """
  )

  @Argument(help: "The folder of the project.")
  var folder = "."

  @Option(name: .long, help: "The archive to write; by default dativo-support-TIME.tar.gz here.")
  var output: String?

  @Option(name: .long, help: "How many runs, the newest first.")
  var runs = 10

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard runs >= 0 else { throw ValidationError("--runs takes a number.") }
  }

  func run() throws {
    try Answer.give("support-bundle", json: json) {
      guard Paths.isFolder(folder) else {
        throw Failure(.usage, "\(folder) is no folder", hint: "Name the folder of the project.")
      }
      let name = "dativo-support-\(RunName.make())"
      let path = output ?? "\(name).tar.gz"
      let bundle = try SupportBundle(folder: folder, name: name, runs: runs)
      try bundle.write(path)
      let files = bundle.names.map { "  \($0)" }
      return Answer(
        ["path": .string(path), "files": .array(bundle.names.map { .string($0) })],
        text: (["\(path):"] + files).joined(separator: "\n")
      )
    }
  }
}
