import ArgumentParser
import Commits
import JSON
import Supervisor
import Wire

/// `dativo log`.
struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "List the commits of a destination or a table, or the files that they made visible.",
    discussion: """
      With --files, what a reader that follows the log sees: every committed file that no later \
      commit removed, one path on each line.

      EXIT STATUS
        0    the log was read
        64   the command line is wrong
        65   the log was changed or is damaged; what can be read of it is shown
        69   the service of the bucket cannot be reached
        74   it cannot be read
        77   credentials are missing or were refused
        78   there is no commit log, or no such pipeline or table
      """
  )

  @Argument(help: "A destination (a folder or s3://bucket/prefix), or the folder of a table in it.")
  var place: String

  @Option(name: .long, help: "Only this pipeline.")
  var pipeline: String?

  @Flag(name: .long, help: "List the visible files instead of the commits.")
  var files = false

  @OptionGroup var bucket: BucketOption

  @Flag(name: .long, help: "Print one JSON object; each STATE is whole there.")
  var json = false

  func run() throws {
    try Answer.give("log", json: json) {
      let destination = try Destination(place, try bucket.access())
      let histories = try destination.histories(pipeline: pipeline)
      let report = LogReport(destination: destination, histories: histories)
      let problems = histories.flatMap(\.problems).map(Finding.init)
      var answer = Answer(
        files ? report.filesJSON : report.commitsJSON,
        text: files ? report.filesText : report.commitsText,
        summary: report.summary(files: files),
        exit: problems.isEmpty ? 0 : 65,
        warnings: json ? [] : problems
      )
      if json { answer.errors = problems }
      return answer
    }
  }
}

extension Finding {
  /// A problem of a commit log.
  init(_ problem: Problem) {
    self.init(
      problem.isHarmless ? .warning : .error,
      problem.message,
      hint: problem.hint,
      file: problem.subject
    )
  }
}
