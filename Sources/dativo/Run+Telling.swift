import JSON
import Supervisor

extension Run {
  /// Tells what a run came to: the summary in words, the figures as an event.
  func tell(
    _ lines: [String],
    _ outcome: RunRecord.Outcome,
    _ record: JSONValue,
    _ console: Console
  ) {
    console.show(lines[0], Self.colour(outcome), Array(lines.dropFirst()))
    var figures = JSONObject()
    for name in Self.told { figures[name] = record[name] }
    console.tell("run", figures)
  }

  private static func colour(_ outcome: RunRecord.Outcome) -> Console.Colour {
    switch outcome {
    case .success: .good
    case .partial, .interrupted, .running: .doubtful
    case .failed: .bad
    }
  }

  /// What of a run's record its event has.
  private static let told = [
    "run", "job", "outcome", "exit", "seconds", "rows", "streams", "sandbox", "failure",
  ]
}
