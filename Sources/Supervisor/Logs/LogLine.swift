internal import JSON

/// One line that a stage wrote on standard error, secrets hidden.
package struct LogLine: Sendable, Hashable {
  /// `tap`, `validate`, `target`, or `dativo` for our own.
  package var stage: String
  /// Nil where the line tells none, as lines of a traceback.
  package var level: LogLevel?
  /// The line as it came.
  package var text: String
  /// What it says, where it is JSON; nil for any other.
  package var message: String?

  package init(_ stage: String, _ text: String, level: LogLevel? = nil, message: String? = nil) {
    self.stage = stage
    self.text = text
    self.level = level
    self.message = message
  }

  /// As people read it.
  package var shown: String { "\(stage) | \(message ?? text)" }
}

/// What a line of JSON says, in the forms that loggers have.
struct StructuredLine {
  let level: LogLevel?
  let message: String?

  /// Nil for an object that is no line of a log.
  ///
  /// Airbyte's LOG messages are such lines, too.
  init?(_ value: JSONValue) {
    if value["type"]?.string == "LOG", let log = value["log"] {
      level = log["level"]?.string.flatMap { LogLevel(name: $0) }
      message = log["message"]?.string
      return
    }
    let names = ["level", "levelname", "severity", "log_level", "lvl"]
    level = names.lazy.compactMap { value[$0]?.string }.first.flatMap { LogLevel(name: $0) }
    message = ["message", "msg", "event"].lazy.compactMap { value[$0]?.string }.first
    if level == nil { return nil }
  }
}
