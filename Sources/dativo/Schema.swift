import ArgumentParser
import JSON
import Supervisor

/// `dativo schema`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema of one of Dativo's own files, for editors and checks.",
    discussion: """
      An editor uses it through the first line of a file:

        # yaml-language-server: $schema=.dativo/schemas/job.schema.json
      """
  )

  @Argument(help: "job, plugin, event or commit.")
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
