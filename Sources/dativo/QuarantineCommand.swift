import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo quarantine`.
struct QuarantineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine",
    abstract: "List, show or replay the records that runs have set aside.",
    discussion: """
      A job with `validation: {mode: quarantine}` sets records aside that break their contract, with \
      the rules that they break. They wait in files of Singer lines until they are replayed.
      """,
    subcommands: [List.self, Show.self, ReplayCommand.self]
  )

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List what waits, by run, stream and rule."
    )

    @Argument(help: "A job file, or a folder with job files.")
    var place = "."

    @Flag(name: .long, help: "Count also what was replayed, or is loaded anew.")
    var all = false

    @Option(name: .long, help: "The stream, of a job that runs in parts.")
    var part: String?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("quarantine list", json: json) {
        var counts: [QuarantineCounts] = []
        var warnings: [Finding] = []
        for file in try JobFile.paths(place) {
          let (job, found) = try Job.load(file)
          warnings += found
          for one in try part.map({ [try job.one(part: $0)] }) ?? job.each {
            counts.append(try QuarantineVerbs(one).counts(QuarantineFilter(includesDone: all)))
          }
        }
        return Answer(
          [
            "waiting": .number(JSONNumber(counts.reduce(0) { $0 + $1.waiting })),
            "jobs": .array(counts.map(\.json)),
          ],
          text: QuarantineTable.text(counts),
          summary: "\(Figures.things(counts.reduce(0) { $0 + $1.waiting }, "record")) waiting",
          warnings: warnings
        )
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show records that wait, with the rules that they break.",
      discussion: """
        Each record is one line, as it stands in the quarantine: edited, it may be given to \
        `dativo quarantine replay --repair`. What was masked stays \
        masked: such a record is replayed with its values put back, and without the member masked.
        """
    )

    @Argument(help: "The job file.")
    var job: String

    @Option(name: .long, help: "Only records that break this rule.")
    var rule: String?

    @Option(name: .long, help: "Only records of this stream.")
    var stream: String?

    @Option(name: .customLong("run"), help: "Only records of this run.")
    var only: String?

    @Option(name: .long, help: "The stream, of a job that runs in parts.")
    var part: String?

    @Option(name: .long, help: "At most so many records.")
    var limit = 20

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("quarantine show", json: json) {
        let (job, warnings) = try Job.load(job, part: part)
        let filter = QuarantineFilter(run: only, stream: stream, rule: rule)
        let (shown, total) = try QuarantineVerbs(job).records(filter, limit: limit)
        var answer = Answer(
          ["records": .array(shown), "total": .number(JSONNumber(total))],
          text: shown.isEmpty ? nil : shown.map { $0.encoded() }.joined(separator: "\n"),
          summary: Figures.things(total, "record"),
          warnings: warnings
        )
        if total > shown.count {
          answer.warnings.append(
            Finding(.warning, "\(total - shown.count) more: --limit shows them")
          )
        }
        return answer
      }
    }
  }
}
