import ArgumentParser
import JSON
import Supervisor
import Wire

extension StateCommand {
  /// What happens to rows, for the help of verbs that take a state.
  private static let rows = """
    The rows that are there stay. A state that is behind them lets rows come again: they are \
    there twice then, unless the target takes repeats away ("dedupe": "key" of \
    dativo-target-parquet) or `dativo compact --latest-by` does so afterwards. A state that is \
    ahead of them leaves rows out.
    """

  struct Edit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "edit",
      abstract: "Edit the state in $VISUAL or $EDITOR.",
      discussion: """
        The copy is committed if it is JSON and was changed; else it stays, and the error says \
        where it is wrong.

        \(StateCommand.rows)
        """
    )

    @OptionGroup var options: Options
    @OptionGroup var reason: Reason

    func run() throws {
      let keep = { (job: Job, _: inout [Finding]) in job }
      try StateCommand.change("edit", options, reason, reading: keep) { transaction, job in
        let edited = try StateEditor.edit(
          transaction.before.state,
          of: job,
          keepsOutput: options.json
        )
        if edited == transaction.before.state
          || (transaction.before.state == nil && StateEdit.isEmpty(edited))
        {
          return transaction.before
        }
        return try transaction.commit(edited)
      }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set",
      abstract: "Put the state in a file in place of the one that stands.",
      discussion: """
        The file has the state itself, as the tap takes it, or is one of `state export`.

        \(StateCommand.rows)
        """
    )

    @OptionGroup var options: Options

    @Argument(help: "A JSON file; - is standard input.")
    var file: String

    @OptionGroup var reason: Reason

    func run() throws {
      let read = { (_: Job, _: inout [Finding]) in try StateText(file: file).state }
      try StateCommand.change("set", options, reason, reading: read) { transaction, state in
        try transaction.commit(state)
      }
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Put what a file has for its streams in place of what stands for them.",
      discussion: """
        Singer's bookmarks are merged by stream, Airbyte's states by name and namespace; streams \
        that the file does not name keep theirs.

        \(StateCommand.rows)
        """
    )

    @OptionGroup var options: Options

    @Argument(help: "A JSON file; - is standard input.")
    var file: String

    @OptionGroup var reason: Reason

    func run() throws {
      let read = { (_: Job, _: inout [Finding]) in try StateText(file: file).state }
      try StateCommand.change("merge", options, reason, reading: read) { transaction, state in
        let merged: JSONValue
        do throws(StateEdit.Unlike) {
          merged = try StateEdit.merging(state, into: transaction.before.state)
        } catch {
          throw Findings([
            Finding(
              .error,
              "the state \(error.state.phrase), the file \(error.update.phrase): nothing to merge by",
              hint: "Write the file in the form of `dativo state show --json`.",
              file: file
            )
          ])
        }
        return try transaction.commit(merged)
      }
    }
  }

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset",
      abstract: "Forget the state: the next run loads everything again.",
      discussion: """
        The rows that are there stay readable until the first commit of the next run, which \
        replaces them: so that each row is there once. With --keep-rows the next run adds to them.
        """
    )

    @OptionGroup var options: Options

    @Option(name: .long, help: "Forget the state of this stream only.")
    var stream: String?

    @OptionGroup var reason: Reason

    @Flag(name: .long, help: "The next run adds its rows to those that are there.")
    var keepRows = false

    func run() throws {
      try StateCommand.change("reset", options, reason, reading: { _, _ in }) { transaction, _ in
        if let stream { return try transaction.reset(stream: stream, keepingRows: keepRows) }
        return try transaction.reset(rows: keepRows ? .stay : .replaced)
      }
    }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback",
      abstract: "Bring a former state back, as a new commit.",
      discussion: """
        The rows that came after that state stay, and come again with the next run: they are there \
        twice then, unless the target takes repeats away ("dedupe": "key" of \
        dativo-target-parquet) or `dativo compact --latest-by` does so afterwards. To have \
        everything anew and once, use `dativo state reset`.
        """
    )

    @OptionGroup var options: Options

    @Argument(help: "The state's number in `state history`, or `commit:N`.")
    var to: String

    @Flag(name: .long, help: "Also a state that belongs to another source.")
    var force = false

    @OptionGroup var reason: Reason

    func run() throws {
      var reason = reason
      reason.reason = reason.reason ?? "dativo state rollback \(to)"
      try StateCommand.change("rollback", options, reason, reading: { _, _ in }) { transaction, _ in
        guard let former = try StateReference(to).entry(in: try transaction.stored()) else {
          throw Failure(
            .usage,
            "\"\(to)\" names no former state",
            hint: "Write a number of `dativo state history`, or commit:N."
          )
        }
        if !force, former.state != nil, former.source != transaction.before.source {
          throw Failure(
            .configuration,
            "that state belongs to another source (\(former.source ?? "none"))",
            hint: "--force brings it back, if it is the same data."
          )
        }
        return try transaction.rollback(to: former)
      }
    }
  }

  struct Accept: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accept",
      abstract: "Keep the state though the source has changed: it is the same data.",
      discussion: """
        A run refuses to go on when the tap, or the settings that say where its data come from, are \
        not those that the state belongs to. This says that they are.
        """
    )

    @OptionGroup var options: Options
    @OptionGroup var reason: Reason

    func run() throws {
      try StateCommand.change("accept", options, reason, reading: { _, _ in }) { transaction, _ in
        try transaction.accept()
      }
    }
  }
}
