internal import Glibc
internal import Posix

extension Processes {
  /// The processes that `pid` has started and that have not been reaped, oldest number first.
  package static func children(of pid: Int32) -> [Int32] {
    ((try? Files.names(in: "/proc")) ?? []).compactMap { Int32($0) }.filter {
      parent(of: $0) == pid
    }
    .sorted()
  }

  private static func parent(of pid: Int32) -> Int32? {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
    // The name stands in brackets and may have any character; state and parent follow.
    let rest = String(decoding: bytes, as: UTF8.self).split(separator: ")").last
    let words = rest?.split(separator: " ") ?? []
    return words.count > 1 ? Int32(words[1]) : nil
  }

  /// Kills one process; false if there is none of that number any more.
  package static func kill(_ pid: Int32) -> Bool { Glibc.kill(pid, SIGKILL) == 0 }
}
