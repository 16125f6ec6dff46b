import ArgumentParser
import JSON
import Supervisor

/// `dativo state`.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Show, reset or accept the state that a job's next run begins from.",
    discussion: """
      The state lies at the destination, in the same commits as the rows; every change is a commit \
      of its own.
      """,
    subcommands: [Show.self, Reset.self, Accept.self],
    defaultSubcommand: nil
  )

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the state.")

    @Argument(help: "The job file.")
    var job: String

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("state show", json: json) {
        let (job, warnings) = try Job.load(job)
        let state = try StateVerbs(job).show()
        return Answer(state.json, text: state.text(job), warnings: warnings)
      }
    }
  }

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget the state: the next run loads everything again.",
      discussion: """
        The rows that are there stay readable until the first commit of the next run, which \
        replaces them: so that each row is there once. With --keep-rows the next run adds to them.
        """
    )

    @Argument(help: "The job file.")
    var job: String

    @Option(name: .long, help: "Forget the state of this stream only.")
    var stream: String?

    @Option(name: .long, help: "Why; kept in the commit log.")
    var reason = "dativo state reset"

    @Flag(name: .long, help: "The next run adds its rows to those that are there.")
    var keepRows = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("state reset", json: json) {
        let (job, warnings) = try Job.load(job)
        let entry = try StateVerbs(job).reset(stream: stream, reason: reason, keepingRows: keepRows)
        let plan = StatePlan(entry: entry)
        return Answer(plan.json, text: plan.text(job), warnings: warnings)
      }
    }
  }

  struct Accept: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep the state though the source has changed: it is the same data.",
      discussion: """
        A run refuses to go on when the tap, or the settings that say where its data come from, are \
        not those that the state belongs to. This says that they are.
        """
    )

    @Argument(help: "The job file.")
    var job: String

    @Option(name: .long, help: "Why; kept in the commit log.")
    var reason = "dativo state accept"

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
      try Answer.give("state accept", json: json) {
        let (job, warnings) = try Job.load(job)
        let plan = StatePlan(entry: try StateVerbs(job).accept(reason: reason))
        return Answer(plan.json, text: plan.text(job), warnings: warnings)
      }
    }
  }
}
