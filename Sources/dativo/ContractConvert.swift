import ArgumentParser
import JSON
import Supervisor

/// `dativo contract convert`.
struct ContractConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn a contract into a schema of another kind, or a schema into a contract.",
    discussion: """
      FILE is a contract, a JSON Schema, a Singer catalog, a stream with SCHEMA messages, or an Avro \
      record; which of them shows in it. What the other form cannot say is told on standard error.

        dativo contract convert orders.odcs.yaml --to avro > orders.avsc
        dativo contract convert catalog.json --to odcs > catalog.odcs.yaml

      EXIT STATUS
        0    done
        64   the command line is wrong
        78   FILE is none of these, or a broken contract
      """
  )

  @Argument(help: "The file to convert.")
  var file: String

  @Option(name: .long, help: "odcs, json-schema, singer or avro.")
  var to: String

  @Option(name: .long, help: "The object, of a contract with several.")
  var object: String?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard ContractConversion.Kind(rawValue: to) != nil else {
      let names = ContractConversion.Kind.allCases.map(\.rawValue)
      let near = Nearest.name(to: to, among: names).map { " Did you mean \"\($0)\"?" } ?? ""
      throw ValidationError(
        "--to \(to) is none of \(names.joined(separator: ", ")).\(near)"
      )
    }
  }

  func run() throws {
    try Answer.give("contract convert", json: json) {
      guard let kind = ContractConversion.Kind(rawValue: to) else {
        return Answer(.null, text: nil)
      }
      let conversion = try ContractConversion(file, to: kind, object: object)
      let warnings = conversion.losses.map {
        Finding(.warning, "not carried over: \($0)", file: file)
      }
      let text = String(conversion.text.dropLast())
      return Answer(
        ["from": .string(conversion.source.rawValue), "text": .string(conversion.text)],
        text: text,
        warnings: warnings
      )
    }
  }
}
