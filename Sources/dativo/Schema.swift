import ArgumentParser
import JSON
import Supervisor

/// `dativo schema`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of one of Dativo's own files, for editors and checks.",
    discussion: """
      An editor uses it through the first line of a file:

        # yaml-language-server: $schema=.dativo/schemas/job.schema.json

      job and plugin are for files that people write, and contract for what Dativo adds to an ODCS \
      contract; event, commit, run, state and envelope describe what Dativo writes: telemetry, the \
      commit log, run records, state files, and the object of --json.
      """
  )

  @Argument(help: "The file's kind.")
  var name: SchemaFile

  @Flag(name: .long, help: "Print one JSON object, with the schema as its result.")
  var json = false

  func run() throws {
    try Answer.give("schema", json: json) {
      let value = try JSONValue.parse(name.text)
      return Answer(value, text: String(name.text.dropLast()))
    }
  }
}

extension SchemaFile: ExpressibleByArgument {}
