import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo preview`.
struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show the first records of each stream, under the contract. Nothing is written.",
    discussion: """
      The tap begins from no state and is ended once there is enough. Records that break a rule are \
      shown as well, and which rules; what is masked is shown masked. Of a job with partitions \
      the first is shown, or --part.

      EXIT STATUS
        0    records are shown, or there are none
        64   the command line is wrong
        78   the job or what it names is wrong
        n    the tap's own code
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Option(name: .long, help: "Records of each stream.")
  var limit = 10

  @Option(name: .long, help: "Only what matches, in place of the job's \"select\": orders.*")
  var select: [String] = []

  @Option(name: .long, help: "The part whose records are shown, of a job in parts.")
  var part: String?

  @Option(name: .long, help: "Seconds after which what has come is shown.")
  var seconds = 60.0

  @Flag(name: .long, help: "Print one JSON object, with whole values.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be above 0.") }
    guard seconds > 0 else { throw ValidationError("--seconds must be above 0.") }
  }

  func run() throws {
    try Answer.give("preview", json: json) {
      var (job, warnings) = try Job.load(job)
      if !select.isEmpty { job.select = select }
      job = try job.seen(part: part)
      let console = Console(showsProgress: false)
      let sample = try Sampler(job, limit: limit, seconds: seconds).run { lines in
        if !lines.isEmpty { console.show(lines) }
      }
      return Answer(
        sample.json,
        text: text(sample),
        summary: Figures.things(sample.streams.reduce(0) { $0 + $1.records.count }, "record"),
        warnings: warnings
      )
    }
  }

  private func text(_ sample: Sample) -> String {
    var lines: [String] = []
    for stream in sample.streams {
      if !lines.isEmpty { lines.append("") }
      let count = stream.records.count
      lines.append(
        "\(stream.name): \(count == 0 ? "no records" : count == 1 ? "1 record" : "\(count) records")"
      )
      lines += table(stream.records)
    }
    if sample.streams.isEmpty { lines.append("The tap sent no records.") }
    if !sample.violations.isEmpty {
      lines.append("")
      lines += sample.violations.map { violation in
        let pointer = violation["pointer"]?.string ?? ""
        let count = violation["count"]?.number?.text ?? ""
        return "broken \(count) times: \(violation["stream"]?.string ?? "") \(pointer) "
          + (violation["message"]?.string ?? violation["rule"]?.string ?? "")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static let widest = 32

  private func table(_ records: [JSONValue]) -> [String] {
    var names: [String] = []
    for record in records {
      for name in record.object?.keys ?? [] where !names.contains(name) { names.append(name) }
    }
    guard !names.isEmpty else { return [] }
    let rows = records.map { record in names.map { cell(record[$0]) } }
    return TextTable.lines([names] + rows).map { "  " + $0 }
  }

  private func cell(_ value: JSONValue?) -> String {
    guard let value, !value.isNull else { return value == nil ? "" : "null" }
    let text = value.string ?? value.encoded()
    let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return line.count > Self.widest ? line.prefix(Self.widest - 1) + "…" : line
  }
}
