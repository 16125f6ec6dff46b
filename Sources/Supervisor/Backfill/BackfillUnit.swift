package import JSON

/// One window of a backfill, of one part of its job where that runs in parts: one commit, or none yet.
package struct BackfillUnit: Sendable {
  package enum Status: String, CaseIterable, Sendable {
    case waiting, running, done, failed
  }

  package let window: TimeWindow
  /// The stream, of a job in parts.
  package let part: String?
  /// A name that the job gets beside its own, where each window is a pipeline of its own.
  let lane: String?
  package let pipeline: String
  package var status = Status.waiting
  /// The runs that have tried it: a commit of one of them means that it is loaded.
  var runs: [String] = []
  /// The newest commit of the pipeline before any of them; nil where the target keeps no log.
  let sequence: Int?
  package var rows = 0
  package var quarantined = 0
  package var seconds = 0.0
  package var error: String?

  init(
    _ window: TimeWindow,
    part: String?,
    lane: String?,
    pipeline: String,
    after sequence: Int?
  ) {
    self.window = window
    self.part = part
    self.lane = lane
    self.pipeline = pipeline
    self.sequence = sequence
  }

  /// How people call it.
  package var name: String { part.map { "\(window.text), \($0)" } ?? window.text }

  /// Whether it may have been loaded though nobody noted it.
  var isUncertain: Bool { status != .done && !runs.isEmpty }

  package var json: JSONValue {
    var object: JSONObject = [
      "window": window.json, "pipeline": .string(pipeline), "status": .string(status.rawValue),
      "runs": .array(runs.map { .string($0) }),
    ]
    object["part"] = part.map { .string($0) }
    object["lane"] = lane.map { .string($0) }
    object["after"] = sequence.map { .number(JSONNumber($0)) }
    if status == .done {
      object["rows"] = .number(JSONNumber(rows))
      object["quarantined"] = .number(JSONNumber(quarantined))
      object["seconds"] = RunRecord.decimal(seconds)
    }
    object["error"] = error.map { .string($0) }
    return .object(object)
  }

  init?(_ value: JSONValue) {
    guard let window = value["window"].flatMap(TimeWindow.init),
      let pipeline = value["pipeline"]?.string,
      let status = value["status"]?.string.flatMap(Status.init)
    else { return nil }
    func figure(_ key: String) -> Int? { value[key]?.number?.int64.map { Int($0) } }
    self.init(
      window,
      part: value["part"]?.string,
      lane: value["lane"]?.string,
      pipeline: pipeline,
      after: figure("after")
    )
    self.status = status
    runs = (value["runs"]?.array ?? []).compactMap(\.string)
    rows = figure("rows") ?? 0
    quarantined = figure("quarantined") ?? 0
    seconds = value["seconds"]?.number?.double ?? 0
    error = value["error"]?.string
  }
}
