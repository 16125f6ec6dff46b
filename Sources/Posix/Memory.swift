internal import CLinux

/// How the process keeps memory that it has freed.
package enum Memory {
  /// Gives large blocks back as they are freed, so that the peak does not grow with the input.
  ///
  /// Half a MiB costs a few per cent of CPU time in page faults, and holds the target's peak at ten
  /// times the input where it is at once.
  package static func giveBackLargeBlocks() { clinux_return_blocks_from(512 << 10) }
}
