internal import Children
internal import ConnectorKit
package import JSON
internal import Posix
package import Wire

/// A connector of Airbyte with its configuration: what is asked of it, verb by verb.
package struct Connector {
  package let program: ConnectorProgram
  package let kept: KeptConfig

  /// Finds the connector's program; installs a package that is not there yet.
  package init(_ settings: ConnectorSettings) throws(Failure) {
    program = try ConnectorProgram(settings)
    kept = KeptConfig(
      settings.config,
      connector: program.name,
      side: settings.side,
      folder: settings.store,
      file: settings.origin
    )
  }

  /// What it is called in messages.
  package var name: String { program.name }

  /// Runs a verb that takes the configuration and answers with a few messages.
  package func ask(_ verb: String) throws(Failure) -> Answer {
    let scratch = try Scratch()
    try scratch.write("config.json", .object(kept.current))
    let command = program.command(verb, [("--config", "config.json")], in: scratch)
    defer { program.cleanUp() }
    let answer = try Answer(command, redaction: redaction())
    if let config = answer.body("CONTROL", "control")?["connectorConfig"]?["config"]?.object {
      try kept.keep(config)
    }
    return answer
  }

  /// Throws unless the connector says that its configuration works.
  package func check() throws(Failure) {
    let answer = try ask("check")
    let status = answer.body("CONNECTION_STATUS", "connectionStatus")
    guard let word = status?["status"]?.string else {
      throw answer.failure(name, "check gave no answer")
    }
    guard word == "SUCCEEDED" else {
      throw Failure(
        .configuration,
        "\(name): \(answer.clean(status?["message"]?.string ?? "the check failed"))"
      )
    }
  }

  /// The connector's specification: its settings, and what else it says of itself.
  package func specification() throws(Failure) -> JSONValue {
    let scratch = try Scratch()
    defer { program.cleanUp() }
    let answer = try Answer(program.command("spec", in: scratch), redaction: Redaction([:]) { nil })
    guard let spec = answer.body("SPEC", "spec") else {
      throw answer.failure(name, "spec gave no specification")
    }
    return spec
  }

  /// What takes the connector's secrets out of what it says; `known` saves asking for the spec.
  package func redaction(known: JSONValue? = nil) -> Redaction {
    let connector = self
    return Redaction(kept.current) {
      (known ?? (try? connector.specification()))?["connectionSpecification"]
    }
  }
}
