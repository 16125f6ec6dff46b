package import JSON
package import Wire

/// What a connector says went wrong, in a TRACE of type ERROR.
package struct ConnectorError {
  package var message: String
  /// system_error, config_error or transient_error.
  package let type: String
  /// Nil where it concerns the whole run.
  package let stream: String?

  package init(_ error: JSONValue?) {
    let inner = error?["internal_message"]?.string
    message = error?["message"]?.string ?? inner ?? "an error without a message"
    // What Airbyte's kit says of any exception; the exception itself says more.
    if message.hasPrefix("Something went wrong in the connector"),
      let line = inner?.split(whereSeparator: \.isNewline).first
    {
      message = "something went wrong in the connector: \(line.prefix(400))"
    }
    type = error?["failure_type"]?.string ?? "system_error"
    stream = AirbyteStream.name(error?["stream_descriptor"])
  }

  /// What the supervisor does about it.
  package var kind: Failure.Kind {
    switch type {
    case "config_error": .configuration
    case "transient_error": .temporary
    default: .plugin(1)
    }
  }
}
