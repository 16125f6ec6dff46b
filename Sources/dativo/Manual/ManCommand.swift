import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo man`.
struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Print a command's manual page, or write all of them.",
    discussion: """
      Pages are in the mdoc language, and say what --help says.

        dativo man run | man -l -
        dativo man --output /usr/local/share/man/man1

      EXIT STATUS
        0    done
        64   there is no such command
        74   a page cannot be written
      """
  )

  @Argument(help: "The command's words; none for dativo itself.")
  var command: [String] = []

  @Option(name: .long, help: "A folder for all pages: dativo.1, dativo-run.1 and so on.")
  var output: String?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("man", json: json) {
      let dump = try JSONValue.parse(Dativo._dumpHelp())
      let pages = ManualPage.all(
        dump,
        version: Dativo.configuration.version,
        date: ManualPage.date(RunTime.today)
      )
      guard let output else {
        let name = (["dativo"] + command).joined(separator: "-")
        guard let page = pages.first(where: { $0.name == name }) else {
          throw Failure(
            .usage,
            "there is no command \"\(command.joined(separator: " "))\"",
            hint: Nearest.name(to: name, among: pages.map(\.name)).map { "Did you mean \($0)?" }
          )
        }
        return Answer(
          ["name": .string(page.name), "text": .string(page.text)],
          text: String(page.text.dropLast())
        )
      }
      let files = pages.map { "\(output)/\($0.name).1" }
      for (page, file) in zip(pages, files) { try Project.write(file, page.text) }
      return Answer(
        ["files": .array(files.map { .string($0) })],
        text: "\(files.count) pages in \(output)"
      )
    }
  }
}
