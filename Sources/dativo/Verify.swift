import ArgumentParser
import Commits
import JSON
import Parquet
import Supervisor
import Wire

/// `dativo verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold the files of a destination or a table against its commit logs.",
    discussion: """
      The chain of commits by its hashes; every visible file by its size, its SHA-256 and the row \
      count in its footer; data files that no commit names; what writers left in staging. Every \
      byte is read, nothing is changed. Each problem is one line: what, where, and what to do.

      EXIT STATUS
        0    all is as it was committed; leftovers in staging are told, but do no harm
        64   the command line is wrong
        65   something is wrong
        69   the service of the bucket cannot be reached
        74   it cannot be read
        77   credentials are missing or were refused
        78   there is no commit log, or no such pipeline or table
      """
  )

  @Argument(help: "A destination (a folder or s3://bucket/prefix), or the folder of a table in it.")
  var place: String

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("verify", json: json) {
      let destination = try Destination(place, try bucket.access())
      let verification = try destination.verify(try destination.histories()) { file in
        do throws(ReadError) {
          return .rows(try FooterReader(size: file.size, read: file.source).rows)
        } catch {
          return .unreadable(Failure(error, file.path).message)
        }
      }
      let wrong = verification.problems.filter { !$0.isHarmless }
      var answer = Answer(
        Self.json(verification, destination),
        text: Self.text(verification),
        exit: wrong.isEmpty ? 0 : 65
      )
      guard json else { return answer }
      answer.errors = wrong.map(Finding.init)
      answer.warnings = verification.problems.filter(\.isHarmless).map(Finding.init)
      return answer
    }
  }

  private static func json(_ verification: Verification, _ destination: Destination) -> JSONValue {
    let summary = verification.summary
    let problems = verification.problems.map { problem -> JSONValue in
      [
        "kind": .string(problem.kind.rawValue), "subject": .string(problem.subject),
        "message": .string(problem.message), "hint": .string(problem.hint),
        "harmless": .bool(problem.isHarmless),
      ]
    }
    return [
      "destination": .string(destination.root),
      "table": destination.table.map { .string($0) } ?? .null,
      "pipelines": .number(JSONNumber(summary.pipelines)),
      "commits": .number(JSONNumber(summary.commits)),
      "files": .number(JSONNumber(summary.files)), "rows": .number(JSONNumber(summary.rows)),
      "bytes": .number(JSONNumber(summary.bytes)), "problems": .array(problems),
    ]
  }

  private static func text(_ verification: Verification) -> String {
    let summary = verification.summary
    var lines = verification.problems.map { problem in
      "\(problem.isHarmless ? "note" : "wrong"): \(problem.subject): \(problem.message). \(problem.hint)"
    }
    let wrong = verification.problems.count { !$0.isHarmless }
    lines.append(
      "\(wrong == 0 ? "well" : "\(wrong) wrong"): \(summary.commits) commits, "
        + "\(summary.files) files, \(summary.rows) rows, \(summary.bytes) bytes"
    )
    return lines.joined(separator: "\n")
  }
}
