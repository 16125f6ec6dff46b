import JSON
import Supervisor

/// Runs for people.
enum RunsTable {
  /// One line for each.
  static func text(_ rows: [RunRow]) -> String {
    let heads = [
      "RUN", "JOB", "STARTED", "TOOK", "STATUS", "READ", "COMMITTED", "QUARANTINED", "",
    ]
    let cells = rows.map { row in
      [
        row.run, row.job, String(row.started.prefix(19)),
        row.status == "running" || row.status == "killed" ? "-" : Figures.seconds(row.seconds),
        row.status, count(row.read), count(row.committed), count(row.quarantined),
        row.failure.map(short) ?? "",
      ]
    }
    return TextTable.lines([heads] + cells).joined(separator: "\n")
  }

  /// One run in full.
  static func text(_ row: RunRow, _ record: JSONValue) -> String {
    var lines = [["run", row.run], ["job", row.job]]
    lines.append(["status", row.status + (row.exit.map { " (exit \($0))" } ?? "")])
    lines.append(["started", row.started])
    if row.outcome != "running" { lines.append(["took", Figures.seconds(row.seconds)]) }
    lines.append(["attempts", "\(row.attempts)"])
    lines.append(["delivery", record["delivery"]?.string ?? ""])
    for (name, value) in [
      ("read", row.read), ("committed", row.committed), ("quarantined", row.quarantined),
    ] {
      if let value { lines.append([name, Figures.rows(value)]) }
    }
    if let streams = record["streams"]?.object {
      for stream in streams {
        let parts = (stream.value.object ?? [:]).map { "\($0.key) \($0.value.encoded())" }
        lines.append(["stream \(stream.key)", parts.joined(separator: ", ")])
      }
    }
    if let owner = row.owner { lines.append(["process", owner.text]) }
    let state = record["state"]
    lines.append(["state before", state?["before"]?.encoded() ?? ""])
    lines.append(["state after", state?["after"]?.encoded() ?? ""])
    if let failure = record["failure"] {
      let stage = failure["stage"]?.string.map { "\($0): " } ?? ""
      lines.append(["failure", stage + (failure["message"]?.string ?? "")])
    }
    if let stopped = record["stopped"]?.string { lines.append(["stopped", stopped]) }
    for warning in record["warnings"]?.array ?? [] {
      lines.append(["warning", warning.string ?? ""])
    }
    return TextTable.lines(lines).joined(separator: "\n")
  }

  private static func count(_ number: Int?) -> String { number.map(Figures.count) ?? "-" }

  private static func short(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(59) + "…"
  }
}
