internal import Children
package import JSON
internal import Posix
package import Wire

/// What a run in parts came to.
package struct ParallelRecord: Sendable {
  /// What one part came to.
  package struct Outcome: Sendable {
    package let part: Job.Part
    package let exit: Int32
    /// Its run record; null where it did not begin.
    package let record: JSONValue
    package let errors: [JSONValue]
    package let seconds: Double

    /// What came of a part whose process has ended.
    init(_ part: Job.Part, _ process: RunProcess) {
      self.part = part
      let envelope = process.envelope
      exit = process.exit?.shellCode ?? 70
      record = envelope?["result"] ?? .null
      errors = envelope?["errors"]?.array ?? []
      seconds = Double(Clock.monotonic - process.began) / 1e9
    }

    package func rows(_ key: String) -> Int { Int(record["rows"]?[key]?.number?.int64 ?? 0) }

    /// Why it failed; nil where it did not, or does not tell.
    var message: String? {
      guard exit > 1 else { return nil }
      return (record["failure"]?["message"] ?? errors.first?["message"])?.string
    }

    package var json: JSONValue {
      var object = JSONObject()
      object["stream"] = .string(part.stream)
      object["exit"] = .number(JSONNumber(exit))
      object["run"] = record["run"]
      object["job"] = record["job"]
      object["outcome"] = record["outcome"] ?? .string("failed")
      object["rows"] = record["rows"]
      object["seconds"] = RunRecord.decimal(seconds)
      if !errors.isEmpty { object["errors"] = .array(errors) }
      return .object(object)
    }
  }

  package let run: String
  package let job: String
  package let started: String
  package var seconds = 0.0
  package var interruptedBy: Int32?
  package var parts: [Outcome] = []
  /// Streams that were not begun, for the run was interrupted.
  package var left: [String] = []
  package var warnings: [String] = []
  /// Who runs it; nil once it is over.
  package var owner: LockOwner?
  /// What kept its parts from being begun.
  package var failure: Failure?

  init(run: String, job: String) {
    self.run = run
    self.job = job
    started = Clock.timestamp
  }

  package var outcome: RunRecord.Outcome {
    if owner != nil { return .running }
    if case .signal? = failure?.kind { return .interrupted }
    if interruptedBy != nil { return .interrupted }
    if failure != nil { return .failed }
    if parts.contains(where: { $0.exit > 1 }) { return .failed }
    return parts.contains { $0.exit == 1 } ? .partial : .success
  }

  package var exit: Int32 {
    switch outcome {
    case .success: 0
    case .partial: 1
    case .failed, .running: failure.map { Wire.ExitCode($0.ofRun.kind).rawValue } ?? 2
    case .interrupted: failure.map { Wire.ExitCode($0.kind).rawValue } ?? 128 + (interruptedBy ?? 0)
    }
  }

  /// What the first part that failed says.
  package var blame: String? {
    parts.lazy.compactMap { part in part.message.map { "\(part.part.stream): \($0)" } }.first
  }

  package func rows(_ key: String) -> Int { parts.reduce(0) { $0 + $1.rows(key) } }

  /// The record as JSON: what a run record has, and its parts.
  package var json: JSONValue {
    var object = JSONObject()
    object["format"] = 1
    object["run"] = .string(run)
    object["job"] = .string(job)
    object["started"] = .string(started)
    object["seconds"] = RunRecord.decimal(seconds)
    object["outcome"] = .string(outcome.rawValue)
    object["exit"] = .number(JSONNumber(exit))
    object["owner"] = owner?.json
    if let failure {
      object["failure"] = ["message": .string(Redactor.known.applied(to: failure.message))]
    }
    object["rows"] = .object(
      JSONObject(
        ["read", "passed", "violating", "quarantined", "committed", "uncommitted"].map {
          (key: $0, value: .number(JSONNumber(rows($0))))
        }
      )
    )
    object["parts"] = .array(parts.map(\.json))
    if !left.isEmpty { object["not_begun"] = .array(left.map { .string($0) }) }
    object["warnings"] = .array(warnings.map { .string(Redactor.known.applied(to: $0)) })
    return .object(object)
  }

  /// What the user reads at the end: how it went, and a line for each part.
  package var lines: [String] {
    let words =
      switch outcome {
      case .success: "done"
      case .partial: "done, but not every record passed"
      case .failed: "failed in \(parts.count { $0.exit > 1 }) of \(parts.count) parts"
      case .interrupted, .running: "interrupted"
      }
    var lines = ["\(job): \(words) after \(Figures.seconds(seconds))"]
    lines += parts.map { part in
      var text = "  \(part.part.stream): \(part.record["outcome"]?.string ?? "failed"), "
      text +=
        "\(Figures.rows(part.rows("read"))) read, \(Figures.count(part.rows("committed"))) committed"
      if part.rows("quarantined") > 0 {
        text += ", \(Figures.count(part.rows("quarantined"))) quarantined"
      }
      text += ", \(Figures.seconds(part.seconds))"
      if let message = part.message { text += "\n    \(message)" }
      return text
    }
    if !left.isEmpty { lines.append("  not begun: \(left.joined(separator: ", "))") }
    return lines
  }
}
