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

  /// A TRACE: statuses and estimates quote nothing; of an error its kind and stream stay, for the
  /// stages behind must know of it.
  mutating func maskedTrace(_ message: Message, _ start: Position) -> Decision {
    guard let trace = unsafe message.value("trace", in: start)?.object else {
      return withheld("a TRACE")
    }
    switch trace["type"]?.string {
    case "STREAM_STATUS", "ESTIMATE": return .pass
    case "ERROR":
      var error: JSONObject = ["message": "withheld, since fields are masked"]
      for name in ["failure_type", "stream_descriptor"] { error[name] = trace["error"]?[name] }
      var kept: JSONObject = ["type": "ERROR", "error": .object(error)]
      kept["emitted_at"] = trace["emitted_at"]
      let line: JSONObject = ["type": "TRACE", "trace": .object(kept)]
      return .replace(Array((JSONValue.object(line).encoded() + "\n").utf8))
    default: return withheld("a TRACE")
    }
  }
}
