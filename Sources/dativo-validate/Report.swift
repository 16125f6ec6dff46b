import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

/// What a run has found, as JSON and in words.
struct Report {
  let settings: Settings
  let streams: [StreamCheck]
  let unassigned: [StreamCheck.RuleKey: StreamCheck.Tally]
  let relayed: [String: Int]
  /// Where the input had more records than may pass.
  var cut: Cut?
  let failure: Failure?
  /// Whether the run is over.
  let isFinished: Bool

  init(
    settings: Settings,
    streams: [StreamCheck],
    unassigned: [StreamCheck.RuleKey: StreamCheck.Tally],
    relayed: [String: Int],
    failure: Failure?
  ) {
    self.settings = settings
    self.streams = streams
    self.unassigned = unassigned
    self.relayed = relayed
    self.failure = failure
    isFinished = true
  }

  /// The report of a run that has read nothing: one that goes on, or has failed before.
  init(settings: Settings, failure: Failure? = nil) {
    self.settings = settings
    streams = []
    unassigned = [:]
    relayed = [:]
    self.failure = failure
    isFinished = failure != nil
  }

  var json: JSONValue {
    var report = JSONObject()
    report["run"] = .string(settings.runID)
    report["mode"] = .string(settings.mode.rawValue)
    report["result"] = .string(result)
    report["code"] = .number(JSONNumber(failure.map { ExitCode($0.kind).rawValue } ?? 0))
    if let failure { report["failure"] = .string(failure.message) }
    var all = JSONObject()
    for stream in streams { all[stream.name] = json(stream) }
    report["streams"] = .object(all)
    report["violations"] = Self.json(unassigned)
    if let cut {
      let passed = streams.reduce(0) { $0 + $1.passed }
      report["limit"] = [
        "records": .number(JSONNumber(cut.limit)),
        "cut": .array(cut.streams.map { .string($0) }),
        "after_state": .number(JSONNumber(passed - cut.covered)),
      ]
    }
    if !relayed.isEmpty {
      report["not_checked"] = .object(
        JSONObject(
          relayed.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }
        )
      )
    }
    return settings.secrets.masked(.object(report))
  }

  private var result: String {
    if failure != nil { return "failed" }
    guard isFinished else { return "unfinished" }
    let isClean =
      unassigned.isEmpty
      && streams.allSatisfy { stream in
        stream.violating == 0 && !stream.endings.contains { $0.isBroken && !$0.isWarning }
      }
    return isClean ? "passed" : "violated"
  }

  private func json(_ stream: StreamCheck) -> JSONValue {
    var object = JSONObject()
    if let entry = stream.entry {
      object["contract"] = [
        "id": .string(entry.contract.id), "version": .string(entry.contract.version),
        "object": .string(entry.object.name), "sha256": .string(entry.contract.sha256),
      ]
    }
    object["read"] = .number(JSONNumber(stream.read))
    object["passed"] = .number(JSONNumber(stream.passed))
    object["violating"] = .number(JSONNumber(stream.violating))
    object["quarantined"] = .number(JSONNumber(stream.quarantined))
    if stream.discarded > 0 { object["discarded"] = .number(JSONNumber(stream.discarded)) }
    object["violations"] = Self.json(stream.violations)
    if !stream.drift.isEmpty {
      object["drift"] = .array(
        stream.drift.map { drift in
          [
            "kind": .string(drift.kind.rawValue), "field": .string(drift.field),
            "message": .string(drift.message),
          ]
        }
      )
    }
    if !stream.endings.isEmpty {
      object["end_rules"] = .array(
        stream.endings.map { ending in
          [
            "rule": .string(ending.rule), "pointer": .string(ending.pointer),
            "actual": ending.isHidden ? .null : .number(ending.actual),
            "expected": .string(ending.expected),
            "unit": .string(ending.unit ?? (ending.isPercent ? "percent" : "rows")),
            "severity": ending.isWarning ? "warning" : "error",
            "passed": .bool(!ending.isBroken),
          ]
        }
      )
    }
    if let masking = stream.masking { object["masked"] = Self.json(masking) }
    let coerced = stream.coercion?.report ?? []
    if !coerced.isEmpty {
      object["coerced"] = .object(
        JSONObject(
          coerced.map { field in
            let counts = field.counts.map { ($0.name, JSONValue.number(JSONNumber($0.count))) }
            return (field.pointer, .object(JSONObject(counts)))
          }
        )
      )
    }
    if stream.isAbsent { object["absent"] = true }
    let unknown = stream.unknownFields
    if !unknown.isEmpty {
      object["unknown_fields"] = .object(
        JSONObject(
          unknown.map { (settings.secrets.masked($0.name), .number(JSONNumber($0.count))) }
        )
      )
    }
    object["skipped"] = .array(
      stream.skipped.map { skipped in
        [
          "rule": .string(skipped.rule), "pointer": .string(skipped.pointer),
          "reason": .string(skipped.reason),
        ]
      }
    )
    return .object(object)
  }

  /// What was masked, by pointer; `as_null` are values that the action could make nothing else of.
  private static func json(_ masking: StreamMasking) -> JSONValue {
    var object = JSONObject()
    for node in masking.root.all {
      let closed = masking.masker.closed[node.number]
      guard node.action != nil || node.keyAction != nil || closed > 0 else { continue }
      object[node.pointer] = [
        "action": (node.action ?? node.keyAction).map { .string($0.name) } ?? .null,
        "values": .number(JSONNumber(masking.masker.applied[node.number])),
        "as_null": .number(JSONNumber(closed)),
      ]
    }
    return .object(object)
  }

  private static func json(_ violations: [StreamCheck.RuleKey: StreamCheck.Tally]) -> JSONValue {
    let sorted = violations.sorted {
      ($0.value.firstLine, $0.key.pointer, $0.key.rule, $0.key.code ?? "")
        < ($1.value.firstLine, $1.key.pointer, $1.key.rule, $1.key.code ?? "")
    }
    return .array(
      sorted.map { key, tally in
        var object = JSONObject()
        object["rule"] = .string(key.rule)
        if let code = key.code { object["code"] = .string(code) }
        object["pointer"] = .string(key.pointer)
        object["count"] = .number(JSONNumber(tally.count))
        object["severity"] = .string(key.severity.rawValue)
        object["first_line"] = .number(JSONNumber(tally.firstLine))
        object["message"] = .string(tally.example)
        return .object(object)
      }
    )
  }

  /// Writes the report so that at any instant the file is the former one or this one.
  func write() throws(Failure) {
    guard let path = settings.report else { return }
    do throws(PosixError) {
      try Files.replace(path, Array((json.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(
        .io,
        "the report \(path) cannot be written: \(error.reason)",
        hint: "--report names a file in a folder that is there."
      )
    }
  }

  /// Tells people on standard error how it went.
  func summarise() {
    for stream in streams {
      var text = "dativo-validate: \(stream.name): \(stream.read) read, \(stream.passed) passed"
      if stream.violating > 0 { text += ", \(stream.violating) violating" }
      if stream.quarantined > 0 { text += " (quarantined)" }
      Log.info(text)
      let sorted = stream.violations.sorted {
        ($1.value.count, $0.value.firstLine, $0.key.pointer, $0.key.rule, $0.key.code ?? "")
          < ($0.value.count, $1.value.firstLine, $1.key.pointer, $1.key.rule, $1.key.code ?? "")
      }
      for (key, tally) in sorted.prefix(10) {
        let place = key.pointer.isEmpty ? "the record" : key.pointer
        let mark = key.severity == .warning ? " (warning)" : ""
        Log.info(
          "  \(tally.count) × \(place): \(tally.example), first in line \(tally.firstLine)\(mark)"
        )
      }
      if sorted.count > 10 { Log.info("  and \(sorted.count - 10) more rules") }
      for ending in stream.endings where ending.isBroken { Log.warning("  \(ending.message)") }
      for (name, count) in stream.unknownFields.prefix(5) where stream.object != nil {
        Log.info("  \(count) records have the field \(name), which the contract lacks")
      }
      for node in stream.masking?.root.all ?? [] {
        let count = stream.masking?.masker.closed[node.number] ?? 0
        guard count > 0 else { continue }
        let action = (node.action ?? node.keyAction).map { ", since \($0.name) cannot mask them" }
        Log.info("  \(count) values of \(node.pointer) became null\(action ?? "")")
      }
      if !stream.skipped.isEmpty {
        Log.info("  not evaluated: \(stream.skipped.count) rules (see skipped in --report)")
      }
    }
    for (type, count) in relayed.sorted(by: { $0.key < $1.key }) {
      Log.info("dativo-validate: \(count) lines not checked: \(type)")
    }
  }
}
