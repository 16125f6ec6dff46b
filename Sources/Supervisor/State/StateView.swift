internal import Children
package import JSON
internal import Posix
package import Wire

/// What can be told of a job's STATE without changing anything.
package struct StateView: Sendable {
  package let job: Job
  /// Where the next run begins.
  package let plan: StatePlan
  /// What the store has, with its history.
  package let stored: StateEntry
  /// Who holds the job's lock.
  package let holder: JobLock.Refusal?

  /// Asks the store, and the destination where the target keeps STATE.
  package init(_ job: Job) throws(Failure) {
    self.job = job
    let store = try Home.store(job)
    let entry = try store.read()
    plan = StatePlan(store: entry, destination: try Self.log(job)?.last())
    stored = entry ?? StateEntry()
    holder = store.lock.holder
  }

  /// Asks the store alone, for a destination that does not answer.
  package init(storeOf job: Job) throws(Failure) {
    self.job = job
    let store = try Home.store(job)
    let entry = try store.read()
    plan = StatePlan(store: entry, destination: nil)
    stored = entry ?? StateEntry()
    holder = store.lock.holder
  }

  /// The commit log of the job's destination; nil for a target that keeps none.
  static func log(_ job: Job) throws(Failure) -> TargetLog? {
    let target = try PluginCatalog(project: job.folder).connector(job.target, .target)
    guard target.commitsState else { return nil }
    let pipeline = job.target.config["pipeline"]?.string ?? job.pipeline
    return TargetLog(job, target, pipeline: pipeline)
  }

  /// The fingerprint of the source as the job names it now.
  package static func source(_ job: Job) throws(Failure) -> String {
    let tap = try PluginCatalog(project: job.folder).connector(job.source, .tap)
    return Fingerprint.of(job.source, name: tap.name)
  }
}

extension StateView {
  /// One job's line of `state list`.
  package var json: JSONValue {
    [
      "tenant": .string(job.tenant), "job": .string(job.name), "file": .string(job.file),
      "sequence": .number(JSONNumber(plan.entry.sequence)),
      "updated": plan.entry.state == nil ? .null : .string(stored.updated),
      "streams": .array((plan.entry.state.map(StateEdit.streams) ?? []).map { .string($0) }),
      "has_state": .bool(plan.entry.state != nil),
      "locked": holder?.json ?? .null,
    ]
  }
}

extension JobLock.Refusal {
  /// Who has the lock, and whether by hand.
  package var json: JSONValue {
    switch self {
    case .busy(let owner): ["by_hand": false, "owner": owner?.json ?? .null]
    case .held(let person): ["by_hand": true, "owner": person.json]
    }
  }

  /// For a cell of a table.
  package var text: String {
    switch self {
    case .busy(let owner?): owner.text
    case .busy(nil): "a process"
    case .held(let person):
      "\(person.user)@\(person.host) since \(person.since): \(person.purpose)"
    }
  }
}

extension StatePlan {
  /// The STATE for people.
  package func text(_ job: Job) -> String {
    var lines = ["job       \(job.tenant).\(job.name)"]
    lines.append("state     \(entry.state.map { $0.encoded() } ?? "none: everything is loaded")")
    if entry.sequence > 0 {
      lines.append("commit    \(entry.sequence) of the destination, epoch \(entry.epoch)")
    }
    lines.append("source    \(entry.source ?? "none")")
    if let warning { lines.append("warning   \(warning)") }
    return lines.joined(separator: "\n")
  }

  /// The STATE as JSON.
  package var json: JSONValue {
    [
      "state": entry.state ?? .null, "sequence": .number(JSONNumber(entry.sequence)),
      "epoch": .number(JSONNumber(entry.epoch)),
      "source": entry.source.map { .string($0) } ?? .null,
    ]
  }
}
