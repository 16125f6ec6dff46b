internal import CLinux

/// Processes that lost their parents.
package enum Processes {
  /// From now on what our children leave behind becomes ours, so that it can be ended.
  package static func adoptOrphans() { _ = clinux_adopt_orphans() }

  /// Ends everything that is ours; called when no child is needed any more.
  package static func killOrphans() { _ = clinux_kill_orphans() }
}
