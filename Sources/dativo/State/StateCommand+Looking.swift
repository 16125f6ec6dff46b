import ArgumentParser
import JSON
import Supervisor
import Wire

extension StateCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the jobs of a project with their states and locks."
    )

    @Argument(help: "A job file, or a folder with job files.")
    var place: String?

    @Option(name: .long, help: "The folder with job files.")
    var jobDir: String?

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard place == nil || jobDir == nil else {
        throw ValidationError("Name one folder: as an argument, or with --job-dir.")
      }
    }

    func run() throws {
      try Answer.give("state list", json: json) {
        var views: [StateView] = []
        var warnings: [Finding] = []
        for file in try JobFile.paths(place ?? jobDir ?? ".") {
          do {
            let (job, found) = try Job.load(file)
            warnings += found
            for one in job.each {
              do {
                views.append(try view(one, &warnings))
              } catch let failure as Failure {
                // One that is damaged does not hide the others.
                warnings.append(Finding(.warning, failure.message, hint: failure.hint))
              }
            }
          } catch let findings as Findings {
            warnings += findings.list
          }
        }
        let rows = views.map { view in
          let entry = view.plan.entry
          return [
            view.job.tenant, view.job.name, entry.sequence > 0 ? "\(entry.sequence)" : "-",
            entry.state == nil ? "-" : String(view.stored.updated.prefix(19)),
            entry.state == nil
              ? "(no state)" : StateEdit.streams(entry.state ?? .null).joined(separator: ", "),
            view.holder?.text ?? "",
          ]
        }
        let heads = ["TENANT", "JOB", "SEQUENCE", "UPDATED", "STREAMS", "LOCKED BY"]
        return Answer(
          ["jobs": .array(views.map(\.json))],
          text: TextTable.lines([heads] + rows).joined(separator: "\n"),
          summary: Figures.things(views.count, "job"),
          warnings: warnings
        )
      }
    }

    /// A destination that does not answer leaves what the store has.
    private func view(_ job: Job, _ warnings: inout [Finding]) throws -> StateView {
      do throws(Failure) {
        return try StateView(job)
      } catch {
        let view = try StateView(storeOf: job)
        warnings.append(
          Finding(
            .warning,
            "the destination does not answer (\(error.message)): this is what the store has",
            hint: error.hint,
            file: job.file
          )
        )
        return view
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show the state."
    )

    @OptionGroup var options: Options

    func run() throws {
      try Answer.give("state show", json: options.json) {
        let (job, warnings) = try Job.load(options.job, part: options.part)
        let view = try StateView(job)
        var text = view.plan.text(job)
        if let holder = view.holder { text += "\nlocked    \(holder.text)" }
        var result = view.plan.json.object ?? [:]
        result["locked"] = view.holder?.json ?? .null
        return Answer(
          .object(result),
          text: text,
          summary: "\(job.tenant).\(job.name): "
            + (view.plan.entry.state == nil
              ? "no state" : "a state of commit \(view.plan.entry.sequence)"),
          warnings: warnings
        )
      }
    }
  }

  struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "history",
      abstract: "List the states that stood before: when, who, why, and what changed.",
      discussion: """
        The newest comes first. A run has one line, whatever number of commits it made; the store \
        keeps the last \(StateEntry.historyLimit). `dativo log DESTINATION` has every commit.
        """
    )

    @OptionGroup var options: Options

    func run() throws {
      try Answer.give("state history", json: options.json) {
        let (job, warnings) = try Job.load(options.job, part: options.part)
        let stored = try StateView(storeOf: job).stored
        let entries = stored.version > 0 ? [stored] + stored.history : []
        var rows = [["STATE", "SEQUENCE", "SINCE", "WHO", "WHY", "CHANGED"]]
        var list: [JSONValue] = []
        for (index, entry) in entries.enumerated() {
          let isOldest = index + 1 == entries.count
          let former = isOldest ? nil : entries[index + 1].state
          let changes = StateChange.between(former, entry.state)
          // What the oldest changed is not known once others have been forgotten.
          let isKnown = !isOldest || entry.version == 1
          rows.append([
            "\(entry.version)", entry.sequence > 0 ? "\(entry.sequence)" : "-",
            String(entry.updated.prefix(19)), entry.cause?.who ?? "", entry.cause?.why ?? "",
            what(entry, former, isKnown ? changes : []),
          ])
          var object = entry.members
          if isKnown { object["changes"] = .array(changes.map(\.json)) }
          list.append(.object(object))
        }
        let text = entries.isEmpty ? "no state yet" : TextTable.lines(rows).joined(separator: "\n")
        return Answer(
          ["history": .array(list)],
          text: text,
          summary: Figures.things(entries.count, "state"),
          warnings: warnings
        )
      }
    }

    private func what(
      _ entry: StateEntry,
      _ former: JSONValue?,
      _ changes: [StateChange]
    ) -> String {
      guard entry.state == nil else { return StateTable.summary(changes) }
      return former == nil ? "(no state)" : "reset"
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Compare two states, by stream and key.",
      discussion: """
        A state is named by `now`, by its number in `state history`, by a commit of the destination \
        (`commit:12`), or by a file (`./12` is one, `-` is standard input). Without names it is \
        what changed last.
        """
    )

    @OptionGroup var options: Options

    @Argument(help: "The one state; by default the one before now.")
    var first: String?

    @Argument(help: "The other one.")
    var second = "now"

    func run() throws {
      try Answer.give("state diff", json: options.json) {
        let (job, warnings) = try Job.load(options.job, part: options.part)
        let view = try StateView(job)
        var before = view.stored.history.first?.state
        if let first { before = try state(first, view) }
        let changes = StateChange.between(before, try state(second, view))
        return Answer(
          ["changes": .array(changes.map(\.json)), "equal": .bool(changes.isEmpty)],
          text: changes.isEmpty
            ? "no difference" : StateTable.lines(changes).joined(separator: "\n"),
          summary: changes.isEmpty ? "no difference" : Figures.things(changes.count, "change"),
          warnings: warnings
        )
      }
    }

    private func state(_ name: String, _ view: StateView) throws -> JSONValue? {
      let reference = StateReference(name)
      if case .file(let path) = reference { return try StateText(file: path).state }
      if let entry = try reference.entry(in: view.stored) { return entry.state }
      return view.plan.entry.state
    }
  }
}
