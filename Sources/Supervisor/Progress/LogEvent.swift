internal import JSON
internal import Posix

/// The lines of `--log-format json`: events as `schemas/event.schema.json` has them, with a time.
enum LogEvent {
  /// A line that somebody wrote for people.
  static func line(_ line: LogLine) -> String {
    var figures = JSONObject()
    figures["level"] = line.level.map { .string($0.rawValue) }
    figures["message"] = .string(line.message ?? line.text)
    return encoded(line.stage, "log", figures)
  }

  /// An event of the supervisor's.
  static func line(_ event: String, _ figures: JSONObject) -> String {
    encoded("dativo", event, figures)
  }

  /// A line of a part of the run, with the part's name.
  static func line(_ text: String, part: String) -> String {
    guard var object = (try? JSONValue.parse(text))?.object else {
      return line(LogLine("dativo", "\(part) | \(text)"))
    }
    object["part"] = .string(part)
    return JSONValue.object(object).encoded()
  }

  private static func encoded(_ stage: String, _ event: String, _ figures: JSONObject) -> String {
    var object = JSONObject()
    object["time"] = .string(Clock.timestamp)
    object["stage"] = .string(stage)
    object["event"] = .string(event)
    for (key, value) in figures { object[key] = Redactor.known.applied(to: value) }
    return JSONValue.object(object).encoded()
  }
}
