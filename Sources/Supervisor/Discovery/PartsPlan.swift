internal import JSON
internal import Wire

/// The parts that a job would run in, with what is each one's own.
struct PartsPlan {
  private struct Part {
    let name: String
    let pipeline: String
    let begin: StateEntry
    /// What is other in its tap's configuration.
    let config: JSONObject
  }

  private let job: String
  private let parallelism: Int
  private let what: String
  private let parts: [Part]
  /// The part whose plan is shown.
  private let shown: String

  /// Asks for the state of each part.
  init(_ job: Job, _ names: [String], shown: String) throws(Failure) {
    self.job = "\(job.tenant).\(job.name)"
    parallelism = job.parallelism
    what = job.partitions.isEmpty ? "stream" : "partition"
    self.shown = shown
    var parts: [Part] = []
    for name in names {
      let one = job.divided(Job.Part(stream: name, catalog: nil))
      parts.append(
        Part(
          name: name,
          pipeline: one.target.config["pipeline"]?.string ?? one.pipeline,
          begin: try StateView(one).plan.entry,
          config: job.partitions.first { $0.name == name }?.config ?? JSONObject()
        )
      )
    }
    self.parts = parts
  }

  var summary: String { "\(job): \(Figures.things(parts.count, what)), \(parallelism) at a time" }

  /// Without the plan, secrets hidden.
  var json: JSONObject {
    var object: JSONObject = [
      "job": .string(job), "parallelism": .number(JSONNumber(parallelism)),
      "part": .string(shown),
    ]
    object["parts"] = .array(
      parts.map { part in
        [
          "name": .string(part.name), "pipeline": .string(part.pipeline),
          "has_state": .bool(part.begin.state != nil),
          "sequence": .number(JSONNumber(part.begin.sequence)), "config": Self.shown(part.config),
        ]
      }
    )
    return object
  }

  /// A line for each part.
  var lines: [String] {
    let rows = parts.map { part in
      [
        part.name, part.begin.told,
        part.config.isEmpty ? "" : Self.shown(part.config).encoded(),
      ]
    }
    return [summary] + TextTable.lines(rows).map { "  " + $0 } + ["", "the part \(shown):"]
  }

  private static func shown(_ config: JSONObject) -> JSONValue {
    Redactor.known.applied(to: Redaction.shown(.object(config)))
  }
}

extension StateEntry {
  /// Where a run begins, in words.
  var told: String {
    if state == nil { return "none yet: everything is loaded" }
    return sequence > 0 ? "from commit \(sequence)" : "from its last state"
  }
}
