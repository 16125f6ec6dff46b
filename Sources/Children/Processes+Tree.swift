internal import Glibc
internal import Posix

extension Processes {
  /// This process.
  package static var own: Int32 { getpid() }

  /// The processes that `pid` has started and that have not been reaped, oldest number first.
  package static func children(of pid: Int32) -> [Int32] {
    ((try? Files.names(in: "/proc")) ?? []).compactMap { Int32($0) }.filter {
      parent(of: $0) == pid
    }
    .sorted()
  }

  /// The processes of some roots: those in a group that a root leads, or that one of them started.
  package static func below(_ roots: [Int32]) -> [(root: Int, pid: Int32, memory: Int)] {
    let names = (try? Files.names(in: "/proc")) ?? []
    let all = names.compactMap { Int32($0) }.compactMap(Entry.init)
    let parents = Dictionary(all.map { ($0.pid, $0.parent) }) { first, _ in first }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return all.compactMap { entry in
      var root = roots.firstIndex(of: entry.group)
      var pid: Int32? = entry.pid
      // A table that changes while it is read might have a ring in it.
      for _ in 0..<64 where root == nil {
        guard let current = pid else { break }
        root = roots.firstIndex(of: current)
        pid = parents[current]
      }
      return root.map { ($0, entry.pid, entry.pages * page) }
    }
  }

  private static func parent(of pid: Int32) -> Int32? { Entry(pid)?.parent }

  /// What the kernel says of a process.
  private struct Entry {
    let pid: Int32
    let parent: Int32
    let group: Int32
    /// Of its resident set.
    let pages: Int
    /// Whether nothing but its number is left.
    let hasEnded: Bool

    init?(_ pid: Int32) {
      guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
      // The name stands in brackets and may have any character; state, parent and group follow.
      let rest = String(decoding: bytes, as: UTF8.self).split(separator: ")").last
      let words = rest?.split(separator: " ") ?? []
      guard words.count > 21, let parent = Int32(words[1]), let group = Int32(words[2]),
        let pages = Int(words[21])
      else { return nil }
      self.pid = pid
      self.parent = parent
      self.group = group
      self.pages = pages
      hasEnded = words[0] == "Z" || words[0] == "X"
    }
  }

  /// Whether a process is there that has not ended.
  package static func isRunning(_ pid: Int32) -> Bool {
    Entry(pid).map { !$0.hasEnded } ?? false
  }

  /// Kills one process; false if there is none of that number any more.
  package static func kill(_ pid: Int32) -> Bool { Glibc.kill(pid, SIGKILL) == 0 }
}
