package import JSON
internal import Posix

/// What the store keeps for one job.
package struct StateEntry: Sendable {
  /// The STATE to begin from; nil for from the start.
  package var state: JSONValue?
  /// The commit of the destination that it is based on; 0 where the destination keeps none.
  package var sequence: Int
  package var epoch: Int
  /// The fingerprint of the source that it belongs to.
  package var source: String?
  /// When the STATE became this one.
  package var updated: String
  /// Who made it this one, and why; nil where that was not noted.
  package var cause: StateCause?
  /// The number of this entry among those of its job, which grows with each write; 0 before the
  /// first.
  package var version = 0
  /// What stood before, the newest first; these have no history of their own.
  package var history: [StateEntry] = []

  /// How many former entries are kept.
  package static let historyLimit = 20

  package init(
    state: JSONValue? = nil,
    sequence: Int = 0,
    epoch: Int = 0,
    source: String? = nil,
    updated: String = Clock.timestamp,
    cause: StateCause? = nil
  ) {
    self.state = state
    self.sequence = sequence
    self.epoch = epoch
    self.source = source
    self.updated = updated
    self.cause = cause
  }

  /// What the last commit of a destination says.
  package init(_ last: TargetLog.Last, cause: StateCause? = nil) {
    self.init(
      state: last.state,
      sequence: last.sequence,
      epoch: last.epoch,
      source: last.source,
      cause: cause
    )
  }

  /// The entry that follows this one.
  ///
  /// Where neither STATE nor source changes, the history, who and when stay as they are. A run has
  /// one place in the history, however many STATEs it brings.
  package func followed(by next: StateEntry) -> StateEntry {
    var next = next
    next.version = version + 1
    next.history = history
    guard next.state != state || next.source != source else {
      next.updated = updated
      next.cause = cause ?? next.cause
      return next
    }
    let isSameRun = next.cause?.run != nil && next.cause?.run == cause?.run
    if !isSameRun, version > 0 || state != nil {
      var former = self
      former.history = []
      next.history.insert(former, at: 0)
      next.history.removeLast(max(0, next.history.count - Self.historyLimit))
    }
    return next
  }
}
