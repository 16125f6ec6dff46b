internal import Children
package import JSON
internal import Posix
package import Wire

/// What `dativo state` does: each verb that changes something is a commit at the destination.
package struct StateVerbs {
  private let job: Job
  private let store: FileStateStore
  /// Nil for a target that keeps no STATE of its own: the store is all there is.
  private let log: TargetLog?
  private let target: Connector
  private let folder: String

  package init(_ job: Job) throws(Failure) {
    self.job = job
    store = Home.store(job)
    folder = "\(Home.folder(job))/run/\(job.tenant)/\(job.name)/state"
    target = try PluginCatalog(project: job.folder).connector(job.target, .target)
    let pipeline = job.target.config["pipeline"]?.string ?? job.pipeline
    log =
      target.commitsState
      ? TargetLog(job, target, pipeline: pipeline, folder: folder) : nil
  }

  /// The STATE that the next run begins from.
  package func show() throws(Failure) -> StatePlan {
    defer { Files.remove(folder) }
    return StatePlan(store: try store.read(), destination: try log?.last())
  }

  /// Forgets the STATE, of one stream or of all; returns what stands now.
  ///
  /// The rows that are there stay until the next run replaces them; with `keepingRows` it adds to
  /// them.
  package func reset(
    stream: String?,
    reason: String,
    keepingRows: Bool
  ) throws(Failure) -> StateEntry {
    try alone()
    defer { Files.remove(folder) }
    let entry = try show().entry
    // What an attempt that was killed set aside is settled before the log says something else.
    var ledger = try QuarantineLedger(job)
    _ = try ledger.recover(try log?.last(), stored: try store.read()?.state)
    guard let stream else {
      try log?.reset(reason: reason, keepingRows: keepingRows)
      if !keepingRows { try ledger.supersede("*") }
      return try keep(StateEntry(source: entry.source))
    }
    guard let state = entry.state, let edited = StateEdit.removing(stream, from: state) else {
      let known = entry.state.map(StateEdit.streams) ?? []
      throw Failure(
        .usage,
        "the state has nothing for a stream \"\(stream)\"",
        hint: known.isEmpty
          ? "It names no streams: reset all of it." : "It has \(known.joined(separator: ", "))."
      )
    }
    try log?.set(edited, reason: reason, replacing: keepingRows ? nil : stream)
    if !keepingRows { try ledger.supersede(stream) }
    return try keep(StateEntry(state: edited, source: entry.source))
  }

  /// Lets the STATE stand for the source as the job names it now.
  package func accept(reason: String) throws(Failure) -> StateEntry {
    try alone()
    defer { Files.remove(folder) }
    let tap = try PluginCatalog(project: job.folder).connector(job.source, .tap)
    let source = Fingerprint.of(job.source, name: tap.name)
    try log?.accept(source: source, reason: reason)
    var entry = try show().entry
    entry.source = source
    return try keep(entry)
  }

  /// No run may be under way while the STATE is changed.
  private func alone() throws(Failure) {
    guard try store.lock() else {
      throw Failure(
        .temporary,
        "a run of \(job.tenant).\(job.name) is under way",
        hint: "Wait until it has ended."
      )
    }
  }

  private func keep(_ entry: StateEntry) throws(Failure) -> StateEntry {
    var new = entry
    if let last = try log?.last() {
      new = StateEntry(
        state: last.state,
        sequence: last.sequence,
        epoch: last.epoch,
        source: last.source
      )
    }
    let former = try store.read() ?? StateEntry()
    let next = former.followed(by: new)
    try store.write(next)
    return next
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
