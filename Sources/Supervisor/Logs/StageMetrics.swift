package import JSON

/// What a stage measured and told on standard error, in the forms of singer-python and the Meltano
/// SDK: `METRIC: {"type": "counter" | "timer", "metric": …, "value": …, "tags": {…}}`.
///
/// Values of a counter are those since it was told last: they add up.
package struct StageMetrics: Sendable {
  private struct Key: Hashable, Sendable {
    let metric: String
    let stream: String?
  }

  private struct Timer: Sendable {
    var count = 0
    var failed = 0
    var seconds = 0.0
    var longest = 0.0
  }

  private var counters: [Key: Double] = [:]
  private var timers: [Key: Timer] = [:]
  /// A tap that makes up a name for each line must not fill the memory.
  private static let most = 1000
  private static let reach = 192
  private static let word = Array("METRIC: ".utf8)
  private static let former = Array("METRIC ".utf8)

  package init() {}

  package var isEmpty: Bool { counters.isEmpty && timers.isEmpty }

  /// Takes a line of text, which is a metric if `METRIC:` stands near its beginning.
  mutating func take(line: ArraySlice<UInt8>) {
    let end = min(line.startIndex + Self.reach, line.endIndex)
    var index = line.startIndex
    while index < end {
      if line[index] == 0x4D {
        for word in [Self.word, Self.former] where line[index...].starts(with: word) {
          if let value = try? JSONValue.parse(Array(line[(index + word.count)...])) { put(value) }
          return
        }
      }
      index += 1
    }
  }

  /// Takes a line of JSON, which may carry a metric as a member or within its message.
  mutating func take(_ value: JSONValue) {
    for name in ["metric_info", "point", "metric"] {
      if let metric = value[name] ?? value["extra"]?[name], metric.object != nil {
        return put(metric)
      }
    }
    if value["metric"]?.string != nil { return put(value) }
    if let message = value["message"]?.string ?? value["msg"]?.string {
      take(line: Array(message.utf8)[...])
    }
  }

  private mutating func put(_ metric: JSONValue) {
    guard let name = (metric["metric"] ?? metric["metric_name"])?.string,
      let value = metric["value"]?.number?.double, value.isFinite
    else { return }
    let tags = metric["tags"]
    let stream = (tags?["stream"] ?? tags?["endpoint"])?.string
    let key = Key(metric: String(name.prefix(100)), stream: stream.map { String($0.prefix(200)) })
    switch (metric["type"] ?? metric["metric_type"])?.string {
    case "counter":
      guard counters[key] != nil || counters.count < Self.most else { return }
      counters[key, default: 0] += value
    case "timer":
      guard timers[key] != nil || timers.count < Self.most else { return }
      var timer = timers[key] ?? Timer()
      timer.count += 1
      timer.seconds += value
      timer.longest = max(timer.longest, value)
      if tags?["status"]?.string == "failed" { timer.failed += 1 }
      timers[key] = timer
    default: return
    }
  }

  /// The metrics as the run record has them; nil where there are none.
  package var json: JSONValue? {
    guard !isEmpty else { return nil }
    var object = JSONObject()
    let records = counters.filter { $0.key.metric == "record_count" }.values.reduce(0, +)
    if records > 0 { object["records"] = Self.number(records) }
    let requests = timers.filter { $0.key.metric == "http_request_duration" }.values
    if !requests.isEmpty {
      object["requests"] = .number(JSONNumber(requests.reduce(0) { $0 + $1.count }))
      object["request_seconds"] = RunRecord.decimal(requests.reduce(0) { $0 + $1.seconds })
    }
    object["counters"] = .array(
      counters.sorted { Self.precedes($0.key, $1.key) }.map { key, value in
        var entry = Self.entry(key)
        entry["value"] = Self.number(value)
        return .object(entry)
      }
    )
    object["timers"] = .array(
      timers.sorted { Self.precedes($0.key, $1.key) }.map { key, timer in
        var entry = Self.entry(key)
        entry["count"] = .number(JSONNumber(timer.count))
        if timer.failed > 0 { entry["failed"] = .number(JSONNumber(timer.failed)) }
        entry["seconds"] = RunRecord.decimal(timer.seconds)
        entry["longest_seconds"] = RunRecord.decimal(timer.longest)
        return .object(entry)
      }
    )
    return .object(object)
  }

  private static func precedes(_ left: Key, _ right: Key) -> Bool {
    (left.metric, left.stream ?? "") < (right.metric, right.stream ?? "")
  }

  private static func entry(_ key: Key) -> JSONObject {
    var entry = JSONObject()
    entry["metric"] = .string(key.metric)
    entry["stream"] = key.stream.map { .string($0) }
    return entry
  }

  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .number(JSONNumber($0)) } ?? RunRecord.decimal(value)
  }
}
