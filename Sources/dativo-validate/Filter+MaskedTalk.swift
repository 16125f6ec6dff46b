import ConnectorKit
import JSON
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

/// What a source says beside its records may quote them: where fields are masked it does not pass.
extension Filter {
  /// A message that does not pass, since what it says would pass as it is.
  mutating func withheld(_ kind: String) -> Decision {
    let key = "\(kind), withheld"
    if relayed[key] == nil {
      Log.warning("line \(lineNumber): \(kind) does not pass, since fields are masked")
    }
    relayed[key, default: 0] += 1
    return .drop
  }

  /// A TRACE: of a status and an error stays what the stages behind must know.
  mutating func maskedTrace(_ message: Message, _ start: Position) -> Decision {
    guard let trace = unsafe message.value("trace", in: start)?.object else {
      return withheld("a TRACE")
    }
    let (key, words) =
      switch trace["type"]?.string {
      case "STREAM_STATUS": ("stream_status", "status")
      case "ERROR": ("error", "failure_type")
      default: ("", "")
      }
    guard !key.isEmpty else { return withheld("a TRACE") }
    let told = trace[key]
    var inner = JSONObject()
    if key == "error" { inner["message"] = "withheld, since fields are masked" }
    inner[words] = told?[words]?.string.flatMap { Self.isWord($0) ? .string($0) : nil }
    if let descriptor = told?["stream_descriptor"] {
      var kept = JSONObject()
      for name in ["name", "namespace"] { kept[name] = descriptor[name] }
      inner["stream_descriptor"] = .object(kept)
    }
    var kept: JSONObject = ["type": trace["type"] ?? .null, key: .object(inner)]
    kept["emitted_at"] = trace["emitted_at"]?.number.map { .number($0) }
    let line: JSONObject = ["type": "TRACE", "trace": .object(kept)]
    return .replace(Array((JSONValue.object(line).encoded() + "\n").utf8))
  }

  /// Whether a text is one of the protocol's own words.
  private static func isWord(_ text: String) -> Bool {
    [
      "STARTED", "RUNNING", "COMPLETE", "INCOMPLETE", "system_error", "config_error",
      "transient_error",
    ].contains(text)
  }
}
