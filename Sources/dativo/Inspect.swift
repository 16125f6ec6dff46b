import ArgumentParser
import JSON
import Parquet
import Supervisor
import Wire

/// `dativo inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a Parquet file: schema, row groups, encodings, sizes, bounds.",
    discussion: """
      Governance metadata that a contract gave to the table is shown with the file's other \
      key-value pairs. With --rows, the first rows follow as JSON lines.

      EXIT STATUS
        0    the file was read
        64   the command line is wrong
        65   it is no Parquet file, or a damaged one
        69   the service of the bucket cannot be reached
        74   it is not there or cannot be read
        77   credentials are missing or were refused
      """
  )

  @Argument(help: "A Parquet file, on the disk or as s3://bucket/key.")
  var file: String

  @Option(name: .long, help: "Show this many rows too.")
  var rows = 0

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard rows >= 0 else { throw ValidationError("--rows must not be negative.") }
  }

  func run() throws {
    try Answer.give("inspect", json: json) {
      let file = try DataFile(file, try bucket.access())
      do throws(ReadError) {
        let footer = try FooterReader(size: file.size, read: file.source)
        let report = FileReport(path: file.path, size: file.size, footer: footer)
        let rows = rows > 0 ? try firstRows(of: file) : nil
        return Answer(report.json(rows), text: report.text(rows))
      } catch {
        throw Failure(error, file.path)
      }
    }
  }

  /// As many rows as were asked for, each an object; no more row groups are decoded than that takes.
  private func firstRows(of file: DataFile) throws(ReadError) -> [JSONValue] {
    let reader = try FileReader(size: file.size, source: file.source)
    let names = reader.columnNames
    var found: [JSONValue] = []
    for group in reader.footer.groups.indices where found.count < rows {
      var assembler = RowAssembler(try reader.rowGroup(group))
      while found.count < rows, let row = try assembler.next() {
        found.append(.object(JSONObject(zip(names, row).map { (key: $0, value: $1.json) })))
      }
    }
    return found
  }
}

extension RowValue {
  /// The value as JSON; bytes in Base64.
  var json: JSONValue {
    switch self {
    case .null: .null
    case .boolean(let value): .bool(value)
    case .number(let digits): JSONNumber(digits).map { .number($0) } ?? .string(digits)
    case .text(let text): .string(text)
    case .bytes(let bytes): .string(Base64.encode(bytes))
    case .list(let items): .array(items.map(\.json))
    case .structure(let members):
      .object(JSONObject(members.map { (key: $0.name, value: $0.value.json) }))
    }
  }
}
