package import JSON

/// What killing a job's processes has shown.
package struct TortureReport: Sendable {
  /// One kind of kill.
  package struct Line: Sendable {
    package let name: String
    package var kills = 0
    /// Kills that were meant and came too late: the step did not come, or the run was over.
    package var missed = 0
    package var lost = 0
    package var doubled = 0
  }

  package let job: String
  /// The rows of a run that nobody disturbed, by table.
  package var rows: [String: Int] = [:]
  package var commits = 0
  package var runs = 0
  package var lines: [Line] = []
  package var seconds = 0.0
  package let seed: UInt64
  /// Where the scratch destination is kept; nil where it was removed.
  package var folder: String?

  package var kills: Int { lines.reduce(0) { $0 + $1.kills } }
  package var lost: Int { lines.reduce(0) { $0 + $1.lost } }
  package var doubled: Int { lines.reduce(0) { $0 + $1.doubled } }
  /// Whether processes were killed and no row was lost or came twice.
  package var isProof: Bool { kills > 0 && lost == 0 && doubled == 0 }

  package init(job: String, seed: UInt64) {
    self.job = job
    self.seed = seed
  }

  mutating func note(_ name: String, _ change: (inout Line) -> Void) {
    let place = lines.firstIndex { $0.name == name } ?? lines.count
    if place == lines.count { lines.append(Line(name: name)) }
    change(&lines[place])
  }

  package var json: JSONValue {
    func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    var object = JSONObject()
    object["job"] = .string(job)
    object["seed"] = .string(String(seed))
    object["rows"] = .object(
      JSONObject(rows.sorted { $0.key < $1.key }.map { (key: $0.key, value: number($0.value)) })
    )
    object["runs"] = number(runs)
    object["commits"] = number(commits)
    object["kills"] = number(kills)
    object["lost"] = number(lost)
    object["doubled"] = number(doubled)
    object["seconds"] = RunRecord.decimal(seconds)
    object["steps"] = .array(
      lines.map { line in
        [
          "step": .string(line.name), "kills": number(line.kills), "missed": number(line.missed),
          "lost": number(line.lost), "doubled": number(line.doubled),
        ]
      }
    )
    if let folder { object["folder"] = .string(folder) }
    return .object(object)
  }
}
