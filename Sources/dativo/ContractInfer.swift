import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo contract infer`.
struct ContractInferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer",
    abstract: "Draw up a contract from data, or from what a tap offers.",
    discussion: """
      DATA is what `dativo contract test` takes, gzip's files and `-` among it, or the catalog of \
      a tap. What is drawn up accepts \
      the data that it is drawn up from.

        dativo contract infer orders.csv --output orders.odcs.yaml
        dativo discover job.yaml --write catalog.json && dativo contract infer catalog.json

      Enforced is what the form of the data shows: types, nested fields, fields that are never \
      null, the key (the tap's own, or a column called like one whose values all differ), formats \
      of dates, uuid, email, ipv4, ipv6 and uri; and from 100 values on texts of one length and \
      the step of decimals. Choices that come again and again are rules of severity warning. Each \
      has its evidence beside it in a comment; bounds, lengths and columns that merely happen to \
      be unique are told in comments only.

      EXIT STATUS
        0    the contract is drawn up
        64   the command line is wrong
        65   the data cannot be read
        69   the service of the bucket cannot be reached
        74   a file is not there, or cannot be read or written
        77   credentials are missing or were refused
      """
  )

  @Argument(help: "Files, folders or tables, also s3://bucket/prefix/table; or a catalog.")
  var data: [String]

  @Option(name: .long, help: "Write the contract to this file, which must not be there yet.")
  var output: String?

  @Option(name: .long, help: "The contract's id; by default its name.")
  var id: String?

  @Option(name: .long, help: "The contract's name; by default that of the data.")
  var name: String?

  @Option(name: .long, help: "Look at this many records of each stream, not at all.")
  var sample: Int?

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("DATA is missing.") }
    guard sample ?? 1 > 0 else { throw ValidationError("--sample must be positive.") }
  }

  func run() throws {
    try Answer.give("contract infer", json: json) {
      let access = try bucket.access()
      var inference = ContractInference(limit: sample)
      var names: [String] = []
      for path in data {
        if try inference.readCatalog(path) { continue }
        let found = try ContractData.find(
          path,
          access,
          isWanted: { _ in true },
          visible: VisibleFile.files
        )
        for data in found {
          try inference.read(data, rows: ParquetRows.each)
          names.append(data.name)
        }
      }
      let name = name ?? names.first ?? inference.streams.first?.name ?? "contract"
      let sources = data.map { $0 == "-" ? "standard input" : $0 }
      let text = try inference.text(
        id: id ?? name,
        name: name,
        purpose: "Drawn up by dativo contract infer from \(sources.joined(separator: ", "))."
      )
      let streams = inference.streams.map { stream -> JSONValue in
        ["name": .string(stream.name), "records": .number(JSONNumber(stream.records))]
      }
      var result: JSONObject = ["streams": .array(streams), "contract": .string(text)]
      guard let output else { return Answer(.object(result), text: String(text.dropLast())) }
      guard !Paths.exists(output) else {
        throw Failure(
          .usage,
          "\(output) is there already, and nothing was written",
          hint: "Choose another name, or remove the file."
        )
      }
      try Project.write(output, text)
      result["file"] = .string(output)
      return Answer(.object(result), text: "The contract is in \(output).")
    }
  }
}
