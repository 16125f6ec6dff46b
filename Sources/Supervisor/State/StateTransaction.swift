internal import Children
package import JSON
internal import Posix
package import Wire

/// One change of a job's STATE by hand: from the taking of the job's lock to the commit at the
/// destination, where the target keeps STATE, and in the store.
package final class StateTransaction {
  /// What happens to the rows that are there.
  package enum Rows: Hashable, Sendable {
    /// They stay, and what comes again is beside them.
    case stay
    /// The next load replaces those of all streams.
    case replaced
    /// The next load replaces those of one stream.
    case replacedOf(String)
  }

  /// What stood when the lock was taken.
  package private(set) var before: StateEntry
  /// What is worth knowing of it.
  package let warning: String?
  private let job: Job
  private let cause: StateCause
  private let store: any StateStore
  /// Nil for a target that keeps no STATE of its own: the store is all there is.
  private let log: TargetLog?
  private var ledger: QuarantineLedger
  /// The streams whose rows the next load was to replace before this; `*` for all.
  private let replacing: [String]

  /// Takes the lock of the job, which a run under way does not give.
  package init(_ job: Job, _ cause: StateCause) throws(Failure) {
    self.job = job
    self.cause = cause
    store = try Home.store(job)
    log = try StateView.log(job)
    try store.lock.take(for: cause.why, obeysHold: false)
    let last = try log?.last()
    replacing = last?.replacing ?? []
    let stored = try store.read()
    // What an attempt that was killed set aside is settled before the log says something else.
    ledger = try QuarantineLedger(job)
    _ = try ledger.recover(last, stored: stored?.state)
    let plan = StatePlan(store: stored, destination: last)
    before = plan.entry
    warning = plan.warning
  }

  /// Makes `state` the one that the next run begins from; returns what stands now.
  ///
  /// One that says nothing takes the place of a real one by `reset` only.
  package func commit(_ state: JSONValue, rows: Rows = .stay) throws(Failure) -> StateEntry {
    guard !StateEdit.isEmpty(state) else {
      throw Failure(
        .usage,
        "the state is empty, and an empty one never takes the place of a real one",
        hint: "`dativo state reset` forgets the state."
      )
    }
    return try write(state, rows: rows)
  }

  private func write(_ state: JSONValue, rows: Rows) throws(Failure) -> StateEntry {
    if state == before.state, rows == .stay { return before }
    if case .replacedOf(let stream) = rows {
      try log?.set(state, reason: cause.text, replacing: [stream])
      try ledger.supersede(stream)
    } else {
      try log?.set(state, reason: cause.text, replacing: stillReplaced(by: state), keepsRows: true)
    }
    return try keep(StateEntry(state: state, source: before.source, cause: cause))
  }

  /// What is still to be replaced when a STATE is brought back.
  ///
  /// Of single streams those that it does not speak of: its own rows are those that it says are there.
  private func stillReplaced(by state: JSONValue) -> [String] {
    let parts = StateParts(state)
    guard parts.form == .bookmarks else { return [] }
    let told = Set(parts.streams.map(\.name))
    return replacing.filter { $0 != "*" && !told.contains($0) }
  }

  /// Forgets the STATE; with `rows` that are replaced, what waits in the quarantine comes again.
  package func reset(rows: Rows) throws(Failure) -> StateEntry {
    try log?.reset(reason: cause.text, keepingRows: rows == .stay)
    if rows != .stay { try ledger.supersede("*") }
    return try keep(StateEntry(source: before.source, cause: cause))
  }

  /// Forgets what the STATE has for one stream.
  package func reset(stream: String, keepingRows: Bool) throws(Failure) -> StateEntry {
    let edited = try StateEdit.without(stream, in: before.state, of: job)
    return try write(edited, rows: keepingRows ? .stay : .replacedOf(stream))
  }

  /// Brings a former STATE back; rows stay.
  package func rollback(to former: StateEntry) throws(Failure) -> StateEntry {
    guard let state = former.state else { return try reset(rows: .stay) }
    return try commit(state)
  }

  /// The entries of the store, the one that stands among them.
  package func stored() throws(Failure) -> StateEntry { try store.read() ?? StateEntry() }

  /// Lets the STATE stand for the source as the job names it now.
  package func accept() throws(Failure) -> StateEntry {
    let source = try StateView.source(job)
    try log?.accept(source: source, reason: cause.text)
    var entry = StateEntry(state: before.state, source: source, cause: cause)
    entry.sequence = before.sequence
    entry.epoch = before.epoch
    return try keep(entry)
  }

  private func keep(_ entry: StateEntry) throws(Failure) -> StateEntry {
    guard let last = try log?.last() else { return try store.put(entry) }
    return try store.put(StateEntry(last, cause: cause))
  }
}
