import ArgumentParser
import JSON
import Supervisor
import Wire

extension StateCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Print the state as a state file, which `state import` takes."
    )

    @OptionGroup var options: Options

    @Option(name: .long, help: "Write it to this file.")
    var output: String?

    func run() throws {
      try Answer.give("state export", json: options.json) {
        let (job, warnings) = try Job.load(options.job, part: options.part)
        let view = try StateView(job)
        var entry = view.plan.entry
        entry.version = view.stored.version
        entry.updated = view.stored.version > 0 ? view.stored.updated : entry.updated
        entry.cause = view.stored.cause
        entry.history = []
        let file = entry.json(pipeline: job.pipeline)
        var text: String? = file.encoded(pretty: true)
        if let output {
          try PrivateFile.write(output, file)
          text = nil
        }
        return Answer(file, text: text, warnings: warnings)
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Take the state in a file of `state export`, or of Meltano.",
      discussion: """
        With --meltano the file is one of Meltano's state backends, what `meltano state get` \
        prints, its system database (.meltano/meltano.db), or rows of the table `state` as JSON. What an interrupted \
        run left (`partial`) is taken for the streams that no complete run has a state for.

        The rows that are there stay, as with `state set`.
        """
    )

    @OptionGroup var options: Options

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Flag(name: .long, help: "The file is Meltano's.")
    var meltano = false

    @Option(name: .long, help: "With --meltano: which of several states, as dev:tap-a-to-target-b.")
    var stateID: String?

    @Flag(name: .long, help: "With --meltano: the state of an interrupted run replaces the other.")
    var partial = false

    @Flag(name: .long, help: "Also the state of another job or source.")
    var force = false

    @OptionGroup var reason: Reason

    func validate() throws {
      if !meltano, stateID != nil || partial {
        throw ValidationError("--state-id and --partial go with --meltano.")
      }
    }

    func run() throws {
      var reason = reason
      reason.reason = reason.reason ?? "dativo state import \(file)"
      let read = { (job: Job, warnings: inout [Finding]) throws -> JSONValue in
        try meltano ? self.meltano(&warnings) : own(job)
      }
      try StateCommand.change("import", options, reason, reading: read) { transaction, state in
        try transaction.commit(state)
      }
    }

    private func own(_ job: Job) throws -> JSONValue {
      let text = try StateText(file: file)
      guard let entry = text.entry, let pipeline = text.pipeline else {
        throw Findings([
          Finding(
            .error,
            "it is no state file of `dativo state export`",
            hint: "`dativo state set` takes the state itself, --meltano a file of Meltano.",
            file: file
          )
        ])
      }
      guard !force else { return text.state }
      var problem: String?
      if pipeline != job.pipeline {
        problem = "it is the state of \(pipeline), and this job is \(job.pipeline)"
      } else if let source = entry.source, source != (try StateView.source(job)) {
        problem = "it belongs to another source (\(source))"
      }
      if let problem {
        throw Findings([
          Finding(.error, problem, hint: "--force takes it, if it is the same data.", file: file)
        ])
      }
      return text.state
    }

    private func meltano(_ warnings: inout [Finding]) throws -> JSONValue {
      let value = try MeltanoDatabase.rows(file) ?? StateText.parse(file)
      let state: MeltanoState
      do throws(MeltanoState.Problem) {
        state = try MeltanoState(value, id: stateID, takesPartial: partial)
      } catch {
        throw Findings([Finding(.error, error.message, hint: error.hint, file: file)])
      }
      if !state.ignored.isEmpty {
        warnings.append(
          Finding(
            .warning,
            "of \(state.ignored.joined(separator: ", ")) the complete state was taken, not that of "
              + "the interrupted run",
            hint: "--partial takes that.",
            file: file
          )
        )
      }
      return state.state
    }
  }
}
