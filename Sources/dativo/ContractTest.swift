import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo contract test`.
struct ContractTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Hold data to a contract, and report on every rule.",
    discussion: """
      DATA is a file of JSON lines (plain records, or Singer or Airbyte messages), a CSV file, a \
      Parquet file, a folder of Parquet files, or a table of a destination, of which exactly the \
      committed files count. All of it is read, by the engine that runs use. Files may be of \
      gzip's; `-` is standard input. Both are copied to TMPDIR for the time of the test.

        dativo contract test --contract orders.odcs.yaml warehouse/orders
        dativo contract test --contract orders.odcs.yaml orders.csv --format junit --output t.xml

      Rules in SQL, relationships, retention and freshness are asked of the duckdb executable (on \
      PATH, or named by DATIVO_DUCKDB), which sees nothing but the Parquet files of DATA. Without \
      it, and for other data, they are skipped, and so told.

      EXIT STATUS
        0    no check failed; warnings and skipped checks are told
        1    a check failed
        64   the command line is wrong
        65   the data cannot be read
        69   the service of the bucket cannot be reached
        74   a file is not there, or cannot be read or written
        77   credentials are missing or were refused
        78   the contract is broken
      """
  )

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, junit, html
  }

  enum Mode: String, CaseIterable, ExpressibleByArgument {
    case strict, warn
  }

  enum Between: String, CaseIterable, ExpressibleByArgument {
    case exclusive, inclusive
  }

  @Option(name: .long, help: "A data contract (ODCS 3.0.0 to 3.2.0).")
  var contract: String

  @Argument(help: "Files, folders or tables, also s3://bucket/prefix/table.")
  var data: [String]

  @Option(name: .long, help: "text, json, junit or html.")
  var format = Format.text

  @Option(name: .long, help: "Write the report to this file, and a summary to standard output.")
  var output: String?

  @Option(name: .long, help: "strict: a failed check is 1 for the shell. warn: it is only told.")
  var mode = Mode.strict

  @Option(name: .long, help: "Which object of the contract DATA is, where its name does not tell.")
  var object: String?

  @Option(name: .long, help: "Whether mustBeBetween includes its bounds.")
  var between = Between.exclusive

  @Option(name: .long, help: "How many seconds a query may take.")
  var querySeconds = 60.0

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object, as --format json does.")
  var json = false

  func validate() throws {
    guard !data.isEmpty else { throw ValidationError("DATA is missing.") }
    guard querySeconds > 0 else { throw ValidationError("--query-seconds must be positive.") }
  }

  func run() throws {
    let format = json ? .json : format
    try Answer.give("contract test", json: format == .json && output == nil) {
      var options = ContractTest.Options()
      options.object = object
      options.isInclusive = between == .inclusive
      options.querySeconds = querySeconds
      let test = try ContractTest(contract: contract, options)
      let access = try bucket.access()
      let found = try data.flatMap { path in
        try ContractData.find(path, access, isWanted: test.isObject, visible: VisibleFile.files)
      }
      let report = try test.run(found, rows: ParquetRows.each)
      var answer = Answer(
        report.json,
        text: report.text,
        summary: report.verdict,
        exit: report.hasFailed && mode == .strict ? 1 : 0,
        warnings: test.warnings
      )
      if answer.exit != 0 {
        let failed = report.checks.count { $0.status == .failed }
        let message = "\(Figures.things(failed, "check")) failed"
        answer = answer.failed(message, hint: "\"result\" has them, with examples.")
      }
      let text =
        switch format {
        case .text: report.text
        case .json: answer.envelope("contract test")
        case .junit: report.junit
        case .html: report.html
        }
      if let output {
        try Project.write(output, text + "\n")
        answer.text = "\(report.verdict)\nThe report is in \(output)."
      } else {
        answer.text = text
      }
      return answer
    }
  }
}

extension TestReport {
  /// One line: well or not, and the figures.
  var verdict: String { "\(hasFailed ? "failed" : "passed"): \(summary)" }

  /// A line for each check, those that passed last, and the verdict.
  var text: String {
    let order: [TestCheck.Status] = [.failed, .warning, .skipped, .passed]
    let sorted = order.flatMap { status in checks.filter { $0.status == status } }
    let rows = sorted.map { check in
      [
        check.status.rawValue, check.object, check.field, check.ruleText,
        check.count > 0 ? "\(check.count) ×" : "", check.place, check.message,
      ]
    }
    return (TextTable.lines(rows) + [verdict]).joined(separator: "\n")
  }
}
