internal import CLinux
internal import Glibc
internal import Posix

/// A small process that kills the groups of our children when this process is gone, however it
/// ended: the kernel would kill only the children themselves, not theirs.
package struct Warden: ~Copyable {
  package let pid: Int32
  private let line: Int32

  /// Starts it; nil where the system is out of processes, which the run survives.
  package init?() {
    var raw: Int32 = -1
    // SAFETY: one number is written.
    let pid = unsafe clinux_warden(&raw)
    guard pid > 0 else { return nil }
    self.pid = pid
    line = raw
  }

  /// Ends it, and with it the groups that are still watched.
  deinit {
    close(line)
    _ = clinux_wait_gone(pid)
  }

  /// Watches a child's group from now on.
  package func watch(_ group: Int32) { tell(group) }

  /// Forgets a group that is over.
  package func forget(_ group: Int32) { tell(-group) }

  private func tell(_ number: Int32) {
    // SAFETY: the bytes of a local variable, written before it ends.
    unsafe withUnsafeBytes(of: number) { bytes in
      try? unsafe Descriptor.write(line, bytes)
    }
  }
}
