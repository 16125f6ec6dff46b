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
      guard let (waiting, size) = input(of: index), waiting * 2 > size else { continue }
      current = index
      break
    }
    slow[current] += 1
    let read = bytesMoved
    defer { bytesRead = read }
    return read != bytesRead
  }

  /// The stage whose input waits while nothing moves; 0 where no input waits, so that the tap is
  /// the one who is silent.
  var idle: Int {
    pids.indices.dropFirst().last { (input(of: $0)?.waiting ?? 0) > 0 } ?? 0
  }

  /// The pipe that a stage reads from, seen from its reader, else from its writer: a stage that
  /// masks lets nobody look into it.
  private func input(of index: Int) -> (waiting: Int, size: Int)? {
    // A second reading end for a moment: the writer sees a broken pipe a moment later at most.
    for place in ["\(pids[index])/fd/0", "\(pids[index - 1])/fd/1"] {
      guard let pipe = try? Descriptor(opening: "/proc/\(place)", O_RDONLY | O_NONBLOCK),
        let waiting = pipe.waitingBytes, let size = pipe.pipeSize
      else { continue }
      return (waiting, size)
    }
    return nil
  }

  /// The bytes that the second stage has read, or else the first has written.
  private var bytesMoved: Int? { Self.figure("rchar", pids[1]) ?? Self.figure("wchar", pids[0]) }

  private static func figure(_ name: String, _ pid: Int32) -> Int? {
    guard let bytes = try? Files.read("/proc/\(pid)/io") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix(name + ": ") }
    return line.flatMap { Int($0.dropFirst(name.count + 2)) }
  }
}
