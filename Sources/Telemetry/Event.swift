package import JSON

/// What a stage tells its supervisor; one JSON object a line (`schemas/event.schema.json`).
///
/// Figures are totals since the stage began, so that a lost or late event does no harm.
package enum Event: Hashable, Sendable {
  /// Records of a stream that came into the stage and that left it, those that it left out because
  /// they are there already, those that its commits have made visible, and the bytes that came.
  case stream(
    name: String,
    recordsIn: Int,
    recordsOut: Int,
    recordsSkipped: Int = 0,
    recordsCommitted: Int = 0,
    bytesIn: Int
  )
  /// A commit whose files are visible.
  case commit(sequence: Int, rows: Int, bytes: Int, files: Int)
  /// Violations of one rule at one place.
  case violations(stream: String, rule: String, pointer: String, severity: String, count: Int)
  /// A stream has had as many records as may pass: the rest of it is left out.
  case cut(stream: String)
  /// Nanoseconds spent waiting for input and for the reader of the output.
  case stall(read: UInt64, write: UInt64)
  /// What a target answers `--last-state` with, told at its end, so that nobody need start it again.
  case lastCommit(JSONValue)

  /// The event as JSON; `stage` names the executable.
  package func json(stage: String) -> JSONValue {
    var object = JSONObject()
    object["stage"] = .string(stage)
    switch self {
    case .stream(
      let name,
      let recordsIn,
      let recordsOut,
      let recordsSkipped,
      let recordsCommitted,
      let bytesIn
    ):
      object["event"] = "stream"
      object["stream"] = .string(name)
      object["records_in"] = .number(JSONNumber(recordsIn))
      object["records_out"] = .number(JSONNumber(recordsOut))
      if recordsSkipped > 0 { object["records_skipped"] = .number(JSONNumber(recordsSkipped)) }
      if recordsCommitted > 0 {
        object["records_committed"] = .number(JSONNumber(recordsCommitted))
      }
      object["bytes_in"] = .number(JSONNumber(bytesIn))
    case .commit(let sequence, let rows, let bytes, let files):
      object["event"] = "commit"
      object["sequence"] = .number(JSONNumber(sequence))
      object["rows"] = .number(JSONNumber(rows))
      object["bytes"] = .number(JSONNumber(bytes))
      object["files"] = .number(JSONNumber(files))
    case .violations(let stream, let rule, let pointer, let severity, let count):
      object["event"] = "violations"
      object["stream"] = .string(stream)
      object["rule"] = .string(rule)
      object["pointer"] = .string(pointer)
      object["severity"] = .string(severity)
      object["count"] = .number(JSONNumber(count))
    case .cut(let stream):
      object["event"] = "cut"
      object["stream"] = .string(stream)
    case .stall(let read, let write):
      object["event"] = "stall"
      object["read_ns"] = .number(JSONNumber(read))
      object["write_ns"] = .number(JSONNumber(write))
    case .lastCommit(let answer):
      object["event"] = "last_commit"
      object["answer"] = answer
    }
    return .object(object)
  }

  /// Reads what `json(stage:)` wrote; nil for an event that this version does not know.
  package init?(_ value: JSONValue) {
    func int(_ key: String) -> Int { value[key]?.number?.int64.map { Int($0) } ?? 0 }
    func text(_ key: String) -> String { value[key]?.string ?? "" }
    switch value["event"]?.string {
    case "stream":
      self = .stream(
        name: text("stream"),
        recordsIn: int("records_in"),
        recordsOut: int("records_out"),
        recordsSkipped: int("records_skipped"),
        recordsCommitted: int("records_committed"),
        bytesIn: int("bytes_in")
      )
    case "commit":
      self = .commit(
        sequence: int("sequence"),
        rows: int("rows"),
        bytes: int("bytes"),
        files: int("files")
      )
    case "violations":
      self = .violations(
        stream: text("stream"),
        rule: text("rule"),
        pointer: text("pointer"),
        severity: text("severity"),
        count: int("count")
      )
    case "cut": self = .cut(stream: text("stream"))
    case "stall":
      self = .stall(read: UInt64(max(int("read_ns"), 0)), write: UInt64(max(int("write_ns"), 0)))
    case "last_commit": self = .lastCommit(value["answer"] ?? .null)
    default: return nil
    }
  }
}
