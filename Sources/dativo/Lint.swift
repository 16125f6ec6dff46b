import ArgumentParser
import JSON
import Supervisor

/// `dativo lint`.
struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check job, contract and plugin files, without running anything of them.",
    discussion: """
      A folder is searched for *.yaml and *.yml, folders that begin with a dot aside. Files are told \
      apart by their `kind`: Job, DataContract, Plugin, Secrets; other YAML files of a folder are passed \
      over. Contracts that a job names are checked with it, and its settings are held against what \
      its connectors say of themselves.

      Each finding is a line `file:line:column: error: message`, then what to write instead.

      EXIT STATUS
        0    no errors
        64   the command line is wrong
        78   errors, or warnings with --strict
      """
  )

  @Argument(help: "Files and folders; none for the working folder.")
  var path: [String] = []

  @Flag(name: .long, help: "Warnings are errors.")
  var strict = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("lint", json: json) {
      var linter = Linter()
      for path in path.isEmpty ? ["."] : path { linter.lint(path) }
      var findings = linter.findings
      if strict { for index in findings.indices { findings[index].severity = .error } }
      if linter.files.isEmpty, findings.isEmpty {
        findings.append(
          Finding(
            .error,
            "no job, contract or plugin file in \((path.isEmpty ? ["."] : path).joined(separator: ", "))",
            hint: "`dativo init` makes a project."
          )
        )
      }
      let errors = findings.filter { $0.severity == .error }
      let result: JSONValue = [
        "files": .array(
          linter.files.map { ["path": .string($0.path), "kind": .string($0.kind.rawValue)] }
        ),
        "skipped": .array(linter.skipped.map { .string($0) }),
      ]
      var lines = findings.map(\.text)
      lines.append(Self.summary(linter, errors: errors.count, of: findings.count))
      var answer = Answer(
        result,
        text: lines.joined(separator: "\n"),
        exit: errors.isEmpty ? 0 : 78,
        warnings: json ? findings.filter { $0.severity == .warning } : []
      )
      if json { answer.errors = errors }
      return answer
    }
  }

  private static func summary(_ linter: Linter, errors: Int, of findings: Int) -> String {
    func count(_ number: Int, _ what: String) -> String {
      "\(number) \(what)\(number == 1 ? "" : "s")"
    }
    var parts = [count(linter.files.count, "file")]
    parts.append(errors == 0 ? "no errors" : count(errors, "error"))
    if findings > errors { parts.append(count(findings - errors, "warning")) }
    if !linter.skipped.isEmpty { parts.append("\(linter.skipped.count) passed over") }
    return parts.joined(separator: ", ")
  }
}
