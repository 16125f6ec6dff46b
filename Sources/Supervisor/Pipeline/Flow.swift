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
  /// How long each stage was seen to wait, from look to look.
  private(set) var waits: [Waits]
  private var lastLook: Double?

  init(pids: [Int32]) {
    self.pids = pids
    slow = Array(repeating: 0, count: pids.count)
    waits = Array(repeating: Waits(), count: pids.count)
  }

  /// Looks once; whether the second stage has read anything since the last look.
  mutating func look(now: Double) -> Bool {
    let inputs = pids.indices.map { $0 == 0 ? nil : input(of: $0) }
    let isFull = inputs.map { pipe in pipe.map { $0.waiting * 2 > $0.size } ?? false }
    current = isFull.lastIndex(of: true) ?? 0
    slow[current] += 1
    let elapsed = now - (lastLook ?? now)
    lastLook = now
    for index in pids.indices {
      let isBlocked = index + 1 < pids.count && isFull[index + 1]
      switch Self.state(pids[index]) {
      case "D": waits[index].write += elapsed
      case "S" where isBlocked: waits[index].write += elapsed
      // A tap that sleeps waits for its source; of the others only who has nothing to read.
      case "S" where index == 0 || inputs[index]?.waiting == 0: waits[index].read += elapsed
      default: break
      }
    }
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

  /// The letter that the kernel has for the state of a process.
  private static func state(_ pid: Int32) -> Substring? {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
    // The name stands in brackets and may have any character.
    return String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
      .split(separator: " ").first
  }

  private static func figure(_ name: String, _ pid: Int32) -> Int? {
    guard let bytes = try? Files.read("/proc/\(pid)/io") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix(name + ": ") }
    return line.flatMap { Int($0.dropFirst(name.count + 2)) }
  }
}
