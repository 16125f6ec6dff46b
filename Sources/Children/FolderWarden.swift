internal import CLinux
internal import Glibc
internal import Synchronization

/// A small process that removes a folder when this process is gone, however it ended.
package final class FolderWarden: Sendable {
  private static let all = Mutex<Set<Int32>>([])

  /// The processes of all that live, which are none of a pipeline's.
  package static var pids: Set<Int32> { all.withLock { $0 } }

  private let pid: Int32
  private let line: Int32

  /// Starts it; nil where the system is out of processes.
  package init?(_ folder: String) {
    var raw: Int32 = -1
    // SAFETY: the name is lent for the call, and one number is written.
    let pid = unsafe folder.withCString { unsafe clinux_folder_warden($0, &raw) }
    guard pid > 0 else { return nil }
    self.pid = pid
    line = raw
    Self.all.withLock { _ = $0.insert(pid) }
  }

  /// Lets it remove the folder now, and waits for that.
  deinit {
    close(line)
    _ = clinux_wait_gone(pid)
    Self.all.withLock { _ = $0.remove(pid) }
  }
}
