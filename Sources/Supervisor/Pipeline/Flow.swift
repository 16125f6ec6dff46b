internal import Glibc
internal import Posix

/// Looks at the pipes between the stages from outside: who waits for whom, and whether bytes move.
///
/// Works for any program, ours or not, since only the kernel is asked.
struct Flow {
  private let pids: [Int32]
  private var bytesRead: Int?
  /// How often each stage was the one that the others waited for.
  private(set) var slow: [Int]
  /// The stage that the others waited for at the last look.
  private(set) var current = 0

  init(pids: [Int32]) {
    self.pids = pids
    slow = Array(repeating: 0, count: pids.count)
  }

  /// Looks once; whether the second stage has read anything since the last look.
  mutating func look() -> Bool {
    current = 0
    for index in pids.indices.dropFirst().reversed() {
      guard let (waiting, size) = input(of: pids[index]), waiting * 2 > size else { continue }
      current = index
      break
    }
    slow[current] += 1
    let read = Self.bytesRead(pids[1])
    defer { bytesRead = read }
    return read != bytesRead
  }

  /// The stage whose input waits while nothing moves; 0 where no input waits, so that the tap is
  /// the one who is silent.
  var idle: Int {
    pids.indices.dropFirst().last { (input(of: pids[$0])?.waiting ?? 0) > 0 } ?? 0
  }

  private func input(of pid: Int32) -> (waiting: Int, size: Int)? {
    // A second reading end for a moment: the writer sees a broken pipe a moment later at most.
    guard let pipe = try? Descriptor(opening: "/proc/\(pid)/fd/0", O_RDONLY | O_NONBLOCK),
      let waiting = pipe.waitingBytes, let size = pipe.pipeSize
    else { return nil }
    return (waiting, size)
  }

  private static func bytesRead(_ pid: Int32) -> Int? {
    guard let bytes = try? Files.read("/proc/\(pid)/io") else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
    return line.flatMap { Int($0.dropFirst("rchar: ".count)) }
  }
}
