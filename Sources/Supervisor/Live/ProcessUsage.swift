internal import Glibc
internal import Posix

/// The processor time and the memory of process groups, as the kernel counts them.
package struct ProcessUsage: Sendable {
  /// Of one group: seconds of processor time, its ended children's too, and bytes in memory.
  package struct Group: Sendable {
    package var seconds = 0.0
    package var bytes = 0
  }

  package private(set) var groups: [Int32: Group] = [:]
  /// When it was taken, in seconds of a clock that never goes back.
  package let time = Double(Clock.monotonic) / 1e9

  /// Looks at every process that may be looked at.
  package init() {
    let ticks = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    for name in Paths.names(in: "/proc") where Int32(name) != nil {
      guard let bytes = try? Files.read("/proc/\(name)/stat"),
        // The name stands in brackets and may have any character.
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
          .split(separator: " "), fields.count > 21, let group = Int32(fields[2])
      else { continue }
      var usage = groups[group] ?? Group()
      usage.seconds += fields[11...14].reduce(0) { $0 + (Double($1) ?? 0) } / ticks
      usage.bytes += (Int(fields[21]) ?? 0) * page
      groups[group] = usage
    }
  }

  /// The share of one processor that a group used since another look; nil where it was not there.
  package func share(of group: Int32, since before: ProcessUsage) -> Double? {
    guard let now = groups[group], let then = before.groups[group], time > before.time else {
      return nil
    }
    return max(now.seconds - then.seconds, 0) / (time - before.time)
  }
}
