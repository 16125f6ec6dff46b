package import JSON

/// A run as the index has it: what its record says, in columns.
package struct RunRow: Sendable, Hashable {
  package var run: String
  package var job: String
  package var started: String
  package var seconds: Double
  /// As the record has it: of a run that was killed it is still `running`.
  package var outcome: String
  /// Nil for a run that has not written its end: it goes on, or was killed.
  package var exit: Int?
  package var attempts: Int
  /// Nil where it is not known, as of a run that has not written its end.
  package var read: Int?
  package var committed: Int?
  package var quarantined: Int?
  package var failure: String?
  /// The process, while the run is under way.
  package var owner: LockOwner?
  /// Whether it was to load what a job loads, not the first records or those of a time.
  package var isWhole: Bool
  /// The runs of its parts.
  package var parts: [String]

  /// Reads a record; nil for what is none.
  package init?(_ record: JSONValue) {
    guard record["format"]?.number?.int64 == 1, let run = record["run"]?.string,
      let job = record["job"]?.string, let started = record["started"]?.string,
      let outcome = record["outcome"]?.string
    else { return nil }
    let hasEnded = outcome != RunRecord.Outcome.running.rawValue
    func rows(_ key: String) -> Int? {
      hasEnded ? record["rows"]?[key]?.number?.int64.map { Int($0) } : nil
    }
    self.run = run
    self.job = job
    self.started = started
    self.outcome = outcome
    seconds = record["seconds"]?.number?.double ?? 0
    exit = hasEnded ? Int(record["exit"]?.number?.int64 ?? 0) : nil
    attempts = record["attempts"]?.array?.count ?? 0
    read = rows("read")
    committed = rows("committed")
    quarantined = rows("quarantined")
    failure = record["failure"]?["message"]?.string ?? record["stopped"]?.string
    owner = record["owner"].flatMap(LockOwner.init)
    isWhole = record["limit"] == nil && record["window"] == nil
    parts = (record["parts"]?.array ?? []).compactMap { $0["run"]?.string }
  }

  /// `killed` for a run whose process is gone though nobody wrote its end.
  package var status: String {
    guard outcome == RunRecord.Outcome.running.rawValue, let owner, owner.isHere, !owner.isAlive
    else { return outcome }
    return "killed"
  }

  package var json: JSONValue {
    var object: JSONObject = [
      "run": .string(run), "job": .string(job), "started": .string(started),
      "seconds": RunRecord.decimal(seconds), "status": .string(status),
      "exit": exit.map { .number(JSONNumber($0)) } ?? .null,
      "attempts": .number(JSONNumber(attempts)),
    ]
    object["read"] = read.map { .number(JSONNumber($0)) }
    object["committed"] = committed.map { .number(JSONNumber($0)) }
    object["quarantined"] = quarantined.map { .number(JSONNumber($0)) }
    object["failure"] = failure.map { .string($0) }
    return .object(object)
  }
}
