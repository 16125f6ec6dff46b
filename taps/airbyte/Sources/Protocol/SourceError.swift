import JSON
import Wire

/// What a source says went wrong, in a TRACE of type ERROR.
struct SourceError {
  var message: String
  /// system_error, config_error or transient_error.
  let type: String
  /// Nil where it concerns the whole run.
  let stream: String?

  init(_ error: JSONValue?) {
    let inner = error?["internal_message"]?.string
    message = error?["message"]?.string ?? inner ?? "an error without a message"
    type = error?["failure_type"]?.string ?? "system_error"
    stream = AirbyteStream.name(error?["stream_descriptor"])
  }

  /// What the supervisor does about it.
  var kind: Failure.Kind {
    switch type {
    case "config_error": .configuration
    case "transient_error": .temporary
    default: .plugin(1)
    }
  }
}
