/// Where a run begins: what the store has, against what the destination has.
package struct StatePlan: Sendable {
  package var entry: StateEntry
  /// What the user should know of the choice; nil where both agree.
  package var warning: String?

  package init(entry: StateEntry) { self.entry = entry }

  /// The destination's last commit stands, since STATE and data became visible together there; the
  /// store is for targets that keep no STATE.
  package init(store: StateEntry?, destination: TargetLog.Last?) {
    guard let destination else {
      entry = store ?? StateEntry()
      return
    }
    entry = StateEntry(
      state: destination.state,
      sequence: destination.sequence,
      epoch: destination.epoch,
      source: destination.source
    )
    guard let store, store.sequence > destination.sequence else { return }
    warning =
      destination.sequence == 0
      ? "the destination has no commits any more (the last was \(store.sequence)): "
        + "everything is loaded again"
      : "the destination is at commit \(destination.sequence), and was at \(store.sequence): "
        + "the run goes on from what the destination has"
  }
}
