import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract:
      "List runs, show what one came to, what its stages said, and figures for a collector.",
    discussion: """
      Each run leaves a record and a log below DATIVO_HOME/runs. The index over them, \
      DATIVO_HOME/runs.db, is made anew where it is missing or broken.

      EXIT STATUS
        0    done
        64   the command line is wrong, or there is no such run
        74   the records cannot be read
      """,
    subcommands: [List.self, Show.self, Logs.self, Metrics.self]
  )

  /// Which history is meant.
  struct Place: ParsableArguments {
    @Option(name: .long, help: "A job file or a folder: whose history is meant, and of which job.")
    var job: String?
  }

  /// Which runs of it are asked for.
  struct Which: ParsableArguments {
    @Argument(help: "A job file, the name of a job, or the folder of a project.")
    var job: String?

    @Option(name: .long, help: "Only runs since then: 2026-11-20, 2026-11-20T08:00, 7d, 12h, 30m.")
    var since: String?

    func validate() throws {
      guard let since, RunTime(since) == nil else { return }
      throw ValidationError("--since takes a time (2026-11-20, 2026-11-20T08:00) or an age (7d).")
    }

    /// The history, and what is asked of it.
    func history(
      status: String? = nil,
      limit: Int = .max
    ) throws -> (index: RunIndex, filter: RunIndex.Filter) {
      let (index, name) = try RunsCommand.history(job)
      let since = since.flatMap(RunTime.init)
      return (index, RunIndex.Filter(job: name, status: status, since: since, limit: limit))
    }
  }

  /// The history that a job file, a folder or the name of a job means, and the job in it.
  static func history(_ place: String?) throws -> (index: RunIndex, job: String?) {
    guard let place else { return (RunIndex(home: Home.folder(of: ".")), nil) }
    if Paths.isFile(place) {
      let (job, _) = try Job.load(place)
      return (RunIndex(home: Home.folder(job)), job.pipeline)
    }
    if Paths.isFolder(place) { return (RunIndex(home: Home.folder(of: place)), nil) }
    return (RunIndex(home: Home.folder(of: ".")), place)
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List runs, the newest first.",
      discussion: """
        A run whose process was killed has the status killed: nothing is lost, the next run goes on.
        """
    )

    @OptionGroup var which: Which

    @Option(
      name: .long,
      help: "Only runs that came to this: \(RunsCommand.statuses.joined(separator: ", "))."
    )
    var status: String?

    @Option(name: .long, help: "At most so many.")
    var limit = 20

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
      if let status, !RunsCommand.statuses.contains(status) {
        let near = Nearest.name(to: status, among: RunsCommand.statuses)
        throw ValidationError(
          "There is no status \"\(status)\"."
            + (near.map { " Did you mean \"\($0)\"?" }
              ?? " There are: \(RunsCommand.statuses.joined(separator: ", ")).")
        )
      }
      guard limit > 0 else { throw ValidationError("--limit takes a number above 0.") }
    }

    func run() throws {
      try Answer.give("runs list", json: json) {
        let (index, filter) = try which.history(status: status, limit: limit)
        let rows = try index.rows(filter)
        return Answer(
          ["runs": .array(rows.map(\.json))],
          text: rows.isEmpty ? "no runs" : RunsTable.text(rows),
          summary: Figures.things(rows.count, "run")
        )
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show what a run came to."
    )

    @Argument(
      help: ArgumentHelp("The run, the beginning of its name, or `last`.", valueName: "run")
    )
    var name: String

    @OptionGroup var place: Place

    @Flag(name: .long, help: "Print the whole record as one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("runs show", json: json) {
        let (index, job) = try RunsCommand.history(place.job)
        let row = try index.run(name, job: job)
        let record = try index.record(row.run)
        return Answer(
          record,
          text: RunsTable.text(row, record),
          summary: "\(row.job): \(row.status)"
        )
      }
    }
  }

  struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "logs",
      abstract: "Print what the stages of a run said on standard error."
    )

    @Argument(
      help: ArgumentHelp("The run, the beginning of its name, or `last`.", valueName: "run")
    )
    var name: String

    @Option(name: .long, help: "Only this stage: tap, validate, target or dativo.")
    var stage: String?

    @OptionGroup var place: Place

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
      let stages = Plan.Stage.Role.allCases.map(\.rawValue) + ["dativo"]
      if let stage, !stages.contains(stage) {
        throw ValidationError(
          "There is no stage \"\(stage)\". There are: \(stages.joined(separator: ", "))."
        )
      }
    }

    func run() throws {
      try Answer.give("runs logs", json: json) {
        let (index, job) = try RunsCommand.history(place.job)
        let row = try index.run(name, job: job)
        let lines = index.log(row.run, stage: stage)
        let texts = lines.map { line in
          let time = line["time"]?.string?.prefix(19) ?? ""
          return "\(time)  \(line["stage"]?.string ?? "") | \(line["line"]?.string ?? "")"
        }
        return Answer(
          ["run": .string(row.run), "lines": .array(lines)],
          text: texts.isEmpty ? nil : texts.joined(separator: "\n"),
          summary: Figures.things(texts.count, "line")
        )
      }
    }
  }

  /// What a run can have come to.
  static let statuses = ["success", "partial", "failed", "interrupted", "running", "killed"]
}
