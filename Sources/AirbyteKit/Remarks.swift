internal import ConnectorKit
package import JSON
package import Wire

/// What a connector says besides records and states: logs, errors, its changed configuration.
///
/// All of it goes to standard error, without the connector's secrets.
package struct Remarks {
  private let connector: String
  private let kept: KeptConfig
  private var redaction: Redaction

  package init(_ connector: String, _ redaction: Redaction, _ kept: KeptConfig) {
    self.connector = connector
    self.redaction = redaction
    self.kept = kept
  }

  /// A text without secrets.
  package mutating func clean(_ text: String) -> String { redaction.clean(text) }

  /// Tells a LOG.
  package mutating func log(_ log: JSONValue?) {
    let level = log?["level"]?.string ?? "INFO"
    let text = "\(connector): \(redaction.clean(log?["message"]?.string ?? ""))"
    switch level {
    case "FATAL", "ERROR": Log.error(text)
    case "WARN", "WARNING": Log.warning(text)
    case "INFO": Log.info(text)
    default: Log.debug(text)
    }
  }

  /// The error of a TRACE, nil for one of another type.
  package mutating func error(_ trace: JSONValue?) -> ConnectorError? {
    guard trace?["type"]?.string == "ERROR" else { return nil }
    var error = ConnectorError(trace?["error"])
    error.message = redaction.clean(error.message)
    if let stack = trace?["error"]?["stack_trace"]?.string { Log.debug(redaction.clean(stack)) }
    return error
  }

  /// Keeps the configuration of a CONTROL for the next run.
  package mutating func control(_ control: JSONValue?) throws(Failure) {
    guard control?["type"]?.string == "CONNECTOR_CONFIG",
      let config = control?["connectorConfig"]?["config"]?.object
    else { return }
    try kept.keep(config)
    redaction.add(config)
    Log.info("\(connector): its changed configuration is kept for the next run")
  }

  /// Tells a line that is no message: a log of programs that know no better.
  ///
  /// Returns what is wrong with it where it is a message that is broken.
  package mutating func noise(_ problem: Message.Problem, _ text: String) -> String? {
    if case .notJSON(let fault) = problem, text.first(where: { !$0.isWhitespace }) == "{" {
      return "a message that is broken: \(fault.reason.rawValue)"
    }
    if text.contains(where: { !$0.isWhitespace }) {
      Log.info("\(connector): \(redaction.clean(text))")
    }
    return nil
  }
}
