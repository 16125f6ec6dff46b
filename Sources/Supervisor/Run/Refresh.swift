internal import JSON
internal import Wire

/// Of what the STATE is forgotten before a run.
package enum Refresh: Sendable {
  case nothing, everything
  case streams([String])
  /// Those that a job selects, of which the STATE may have nothing yet.
  case selected([String])

  /// Everything is what is selected, where that is not all; the others keep what they have.
  func narrowed(to catalog: Catalog?) -> Refresh {
    guard case .everything = self, let catalog else { return self }
    return .selected(catalog.streams.filter(\.isSelected).map(\.tapStreamID))
  }
}

/// Forgets STATE, so that the next commit replaces the rows that are there.
struct Refreshing {
  private let job: Job
  private let store: any StateStore
  /// Nil for a target that keeps no STATE of its own.
  private let log: TargetLog?

  init(_ job: Job, _ store: any StateStore, _ log: TargetLog?) {
    self.job = job
    self.store = store
    self.log = log
  }

  /// Whether anything was forgotten.
  func apply(_ refresh: Refresh, _ ledger: inout QuarantineLedger) throws(Failure) -> Bool {
    switch refresh {
    case .nothing: return false
    case .everything: try everything(&ledger)
    case .streams(let streams):
      for stream in streams { try one(stream, isNamed: true, &ledger) }
    case .selected(let streams):
      for stream in streams { try one(stream, isNamed: false, &ledger) }
    }
    return true
  }

  private func everything(_ ledger: inout QuarantineLedger) throws(Failure) {
    _ = try ledger.recover(log?.last(), stored: store.read()?.state)
    let why = "dativo run --full-refresh"
    if let log {
      try log.reset(reason: why, keepingRows: false)
    } else if try store.read() != nil {
      try store.put(StateEntry(cause: StateCause(why: why)))
    }
    try ledger.supersede("*")
  }

  private func one(
    _ stream: String,
    isNamed: Bool,
    _ ledger: inout QuarantineLedger
  ) throws(Failure) {
    let last = try log?.last()
    let entry = StatePlan(store: try store.read(), destination: last).entry
    _ = try ledger.recover(last, stored: try store.read()?.state)
    let edited =
      isNamed
      ? try StateEdit.without(stream, in: entry.state, of: job)
      : entry.state.flatMap { StateEdit.removing(stream, from: $0) } ?? entry.state
        ?? ["bookmarks": [:]]
    let why = "dativo run --full-refresh-stream \(stream)"
    if let log {
      try log.set(edited, reason: why, replacing: [stream])
    } else {
      try store.put(StateEntry(state: edited, source: entry.source, cause: StateCause(why: why)))
    }
    try ledger.supersede(stream)
  }
}
