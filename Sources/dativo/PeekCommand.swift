import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo peek`.
struct PeekCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peek",
    abstract: "Show lines that cross the pipe of a run that is under way.",
    discussion: """
      --stage tap shows what the tap sends, --stage validate what passes its contract. Where fields \
      are masked only the latter is shown, with the masks. The run goes on as if nobody looked.

      EXIT STATUS
        0    done
        64   the command line is wrong
        75   no run of the job is under way, or no line has crossed in time
        77   fields are masked, so that lines before the mask are not shown
        78   the job file is wrong
      """
  )

  @Argument(help: "The job file.")
  var job: String

  @Option(name: .long, help: "Whose lines: \(Self.stages).")
  var stage = PeekClient.Stage.validate

  @Option(name: .long, help: "At most so many lines.")
  var limit = 5

  @Option(name: .long, help: "Only lines of this stream.")
  var stream: String?

  @Option(name: .long, help: "Of a job that runs in parts, the stream of the part.")
  var part: String?

  @Option(name: .long, help: "Give up when nothing has crossed for so many seconds.")
  var timeout = 30.0

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  private static let stages = PeekClient.Stage.allCases.map(\.rawValue).joined(separator: " or ")

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number above 0.") }
    guard timeout > 0, timeout < 1e6 else { throw ValidationError("--timeout takes seconds.") }
  }

  func run() throws {
    try Answer.give("peek", json: json) {
      let (job, warnings) = try Job.load(job, part: part)
      var lines: [JSONValue] = []
      let count = try PeekClient(job).lines(
        stage,
        limit: limit,
        stream: stream,
        seconds: timeout
      ) { line throws(Failure) in
        if json { lines.append(.string(line)) } else { try Console.answer(line) }
      }
      var answer = Answer(
        ["stage": .string(stage.rawValue), "lines": .array(lines)],
        text: nil,
        warnings: warnings
      )
      if count < limit {
        answer.warnings.append(Finding(.warning, "the run ended after \(count) lines"))
      }
      return answer
    }
  }
}

extension PeekClient.Stage: ExpressibleByArgument {}
