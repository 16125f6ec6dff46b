import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo state`.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Look at, change, keep and bring back the state that a job's next run begins from.",
    discussion: """
      The state lies at the destination, in the same commits as the rows; every change is a commit \
      of its own, with who made it and why, and `dativo log` lists them all. For a target of \
      somebody else it lies in the state store alone. Whatever changes it takes the job's lock, so \
      that no run is under way meanwhile.

      EXIT STATUS
        0    done
        64   the command line is wrong, or there is no such stream or former state
        75   a run of the job is under way
        78   the job file or the state is wrong
      """,
    subcommands: [
      List.self, Show.self, History.self, Diff.self, Edit.self, Set.self, Merge.self, Reset.self,
      Rollback.self, Accept.self, Lock.self, Unlock.self, Export.self, Import.self,
    ],
    defaultSubcommand: nil
  )

  /// What every verb for one job has.
  struct Options: ParsableArguments {
    @Argument(help: "The job file.")
    var job: String

    @Option(name: .long, help: "The stream whose state is meant, of a job that runs in parts.")
    var part: String?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false
  }

  /// What every verb that changes the state has, too.
  struct Reason: ParsableArguments {
    @Option(name: .long, help: "Why; kept in the commit log and in the history.")
    var reason: String?
  }

  /// Changes the state of a job under its lock, and shows what stands then.
  ///
  /// `reading` reads what is needed before, while runs may go on.
  static func change<Input>(
    _ verb: String,
    _ options: Options,
    _ reason: Reason,
    reading input: (Job, inout [Finding]) throws -> Input,
    _ body: (StateTransaction, Input) throws -> StateEntry
  ) throws {
    try Answer.give("state \(verb)", json: options.json) {
      var (job, warnings) = try Job.load(options.job, part: options.part)
      let input = try input(job, &warnings)
      let cause = StateCause(why: reason.reason ?? "dativo state \(verb)")
      let transaction = try StateTransaction(job, cause)
      if let warning = transaction.warning { warnings.append(Finding(.warning, warning)) }
      let entry = try body(transaction, input)
      let plan = StatePlan(entry: entry)
      let changes = StateChange.between(transaction.before.state, entry.state)
      var result = plan.json.object ?? [:]
      result["changes"] = .array(changes.map(\.json))
      let text = [plan.text(job)] + StateTable.lines(changes)
      return Answer(.object(result), text: text.joined(separator: "\n"), warnings: warnings)
    }
  }
}
