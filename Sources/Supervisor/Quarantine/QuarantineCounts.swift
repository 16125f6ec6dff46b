package import JSON
internal import Posix
package import Wire

/// What waits in the quarantine of a job, counted by run, stream and rule.
package struct QuarantineCounts: Sendable {
  /// The records of one stream in one part.
  package struct Stream: Sendable {
    package var records = 0
    package var done = 0
    /// How many records break each rule; one may break several.
    package var rules: [String: Int] = [:]
    /// When the first and the last were set aside.
    package var first: String?
    package var last: String?
  }

  /// The records of one attempt.
  package struct Part: Sendable {
    package var run: String
    package var file: String
    package var streams: [String: Stream] = [:]
  }

  package let job: String
  package private(set) var parts: [Part] = []
  /// Whether a run is under way, whose records are not known yet.
  package let isRunning: Bool

  package init(
    _ job: Job,
    _ ledger: QuarantineLedger,
    _ filter: QuarantineFilter,
    isRunning: Bool
  ) throws(Failure) {
    self.job = job.pipeline
    self.isRunning = isRunning
    var parts: [Part] = []
    try ledger.records(filter) { line, part, _ in
      if parts.last?.run != part.run { parts.append(Part(run: part.run, file: part.file)) }
      let isDone = !part.waits(line: line.number, stream: line.stream)
      let time = line.value("time")?.string
      var stream = parts[parts.count - 1].streams[line.stream] ?? Stream()
      stream.records += 1
      stream.done += isDone ? 1 : 0
      for rule in Set(line.violations.compactMap { $0["rule"]?.string }) {
        stream.rules[rule, default: 0] += 1
      }
      stream.first = stream.first ?? time
      stream.last = time ?? stream.last
      parts[parts.count - 1].streams[line.stream] = stream
    }
    self.parts = parts
  }

  /// How many records wait.
  package var waiting: Int {
    parts.reduce(0) { $0 + $1.streams.values.reduce(0) { $0 + $1.records - $1.done } }
  }

  package var json: JSONValue {
    [
      "job": .string(job), "waiting": .number(JSONNumber(waiting)), "running": .bool(isRunning),
      "parts": .array(parts.map(\.json)),
    ]
  }
}

extension QuarantineCounts.Part {
  var json: JSONValue {
    [
      "run": .string(run), "file": .string(file),
      "streams": .object(
        JSONObject(streams.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.json) })
      ),
    ]
  }
}

extension QuarantineCounts.Stream {
  /// Whole seconds since the first record was set aside.
  package var age: Int? {
    guard let first, let then = Clock.nanoseconds(first) else { return nil }
    return Int((Clock.wall - min(then, Clock.wall)) / 1_000_000_000)
  }

  var json: JSONValue {
    var object: JSONObject = [
      "waiting": .number(JSONNumber(records - done)), "done": .number(JSONNumber(done)),
      "rules": .object(
        JSONObject(
          rules.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }
        )
      ),
    ]
    object["first"] = first.map { .string($0) }
    object["last"] = last.map { .string($0) }
    object["age_seconds"] = age.map { .number(JSONNumber($0)) }
    return .object(object)
  }
}
