import ArgumentParser
import Contracts
import JSON
import Supervisor

/// `dativo contract diff`.
struct ContractDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what changed between two versions of a contract, and whom it breaks.",
    discussion: """
      A change breaks readers if what they count on may be gone, or values may come that never came; \
      it breaks writers if records that were fine may be refused. Either asks for a new major \
      version, an addition for a minor one, mere words for a patch. What the jobs mask by \
      classifications and tags is compared, and masking, coercions, \
      relationships, severities and everything else that is written are compared, too. The jobs \
      below --project that use the contract are named, and the roles of the old one.

        git show main:orders.odcs.yaml > old.yaml
        dativo contract diff old.yaml orders.odcs.yaml

      EXIT STATUS
        0    compatible
        1    breaking, or the version is not raised enough
        64   the command line is wrong
        78   a contract is broken
      """
  )

  @Argument(help: "The contract as it was.")
  var old: String

  @Argument(help: "The contract as it is to be.")
  var new: String

  @Option(name: .long, help: "The folder whose jobs are searched.")
  var project = "."

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("contract diff", json: json) {
      let before = try ContractConversion.contract(old)
      let after = try ContractConversion.contract(new)
      let users = ContractUsers.jobs(of: before.id, below: project)
      let maskings = users.compactMap { user in user.masking.map { (user.path, $0) } }
      let diff = ContractDiff(from: before, to: after, maskings: maskings)
      let jobs = users.map(\.path)
      let roles = (before.document["roles"]?.array ?? []).compactMap { $0["role"]?.string }
      let isFine = !diff.isBreaking && diff.isRaisedEnough
      let result: JSONValue = [
        "changes": .array(diff.changes.map(Self.json)), "breaking": .bool(diff.isBreaking),
        "bump": .string(diff.bump.name), "old_version": .string(before.version),
        "new_version": .string(diff.declared),
        "raised_enough": .bool(diff.isRaisedEnough),
        "needed_version": diff.needed.map { .string($0) } ?? .null,
        "jobs": .array(jobs.map { .string($0) }), "roles": .array(roles.map { .string($0) }),
      ]
      let text = Self.text(diff, before.version, jobs, roles)
      let answer = Answer(result, text: text, exit: isFine ? 0 : 1)
      guard !isFine else { return answer }
      return answer.failed(
        diff.isBreaking
          ? "the change breaks readers or writers"
          : "the version is not raised as the change asks"
      )
    }
  }

  private static func json(_ change: ContractChange) -> JSONValue {
    var breaks: [JSONValue] = []
    if change.breaks.contains(.readers) { breaks.append("readers") }
    if change.breaks.contains(.writers) { breaks.append("writers") }
    return [
      "place": .string(change.place), "message": .string(change.message),
      "breaks": .array(breaks), "bump": .string(change.bump.name),
    ]
  }

  private static func text(
    _ diff: ContractDiff,
    _ version: String,
    _ jobs: [String],
    _ roles: [String]
  ) -> String {
    if diff.changes.isEmpty, diff.isRaisedEnough { return "no changes" }
    var lines = diff.changes.map { change in
      let effect =
        switch change.breaks {
        case .readers: "breaks readers"
        case .writers: "breaks writers"
        case []: change.bump == .patch ? "words" : "compatible"
        default: "breaks both"
        }
      return "\(effect.padded(16))\(change.place): \(change.message)"
    }
    lines.append(diff.changes.isEmpty ? "no changes" : "")
    let needed = diff.needed.map { ", \($0) at least" } ?? ""
    let what = diff.changes.isEmpty ? "no change" : "a \(diff.bump.name) change\(needed)"
    lines.append("version \(version) -> \(diff.declared): \(what)")
    if !diff.isRaisedEnough, let needed = diff.needed {
      lines.append(
        diff.changes.isEmpty
          ? "error: the version goes down; write version: \(version), or a higher one"
          : "error: the new contract says \(diff.declared); write version: \(needed)"
      )
    }
    if !jobs.isEmpty { lines.append("jobs that use it: \(jobs.joined(separator: ", "))") }
    if !roles.isEmpty { lines.append("roles that rely on it: \(roles.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// The text with blanks up to a width.
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
