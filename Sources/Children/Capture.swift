internal import Glibc
internal import Posix

/// A program that was run for what it prints.
package struct Capture: Sendable {
  /// Why a program did not come to its own end.
  package enum Cut: Sendable, Hashable {
    /// It took longer than it may.
    case late
    /// It printed more than it may, or what the caller did not want.
    case unwanted
    /// The descriptor that the caller named became readable.
    case interrupted
  }

  package var exit: Exit
  package var stdout: [UInt8]
  /// The first 64 KiB.
  package var stderr: [UInt8]
  /// Nil where the program ended by itself.
  package var cut: Cut?

  /// The lines of standard error.
  package var errorLines: [String] {
    String(decoding: stderr, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static let stderrLimit = 1 << 16

  /// Runs `command` with the file `input`, or nothing, as its standard input, to its end.
  ///
  /// It is killed, with all that it started, after `seconds`, when it prints more than `limit`
  /// bytes, when `interrupt` becomes readable, or when `isWanted` refuses what was printed so far.
  package static func run(
    _ command: Command,
    input: String = "/dev/null",
    seconds: Double = 120,
    limit: Int = 64 << 20,
    interrupt: Int32? = nil,
    isWanted: ([UInt8]) -> Bool = { _ in true }
  ) throws(SpawnError) -> Capture {
    let stdin = try open(input, for: command)
    let out = try pipe(command)
    let err = try pipe(command)
    var child = try Child(command, descriptors: [stdin.raw, out.writing.raw, err.writing.raw])
    // What the program has started must not outlive us either, should we be killed.
    let warden = Warden()
    warden?.watch(child.pid)
    defer { warden?.forget(child.pid) }
    var stdout = Source(out.keepReading())
    var stderr = Source(err.keepReading())
    var capture = Capture(exit: .code(0), stdout: [], stderr: [])
    let end = Clock.monotonic + UInt64(seconds * 1e9)
    while true {
      var polled = [child.raw] + (interrupt.map { [$0] } ?? [])
      if stdout.isOpen { polled.append(stdout.raw) }
      if stderr.isOpen { polled.append(stderr.raw) }
      let left = Int64(end) - Int64(Clock.monotonic)
      let wait = Int32(min(max(left / 1_000_000, 0), 1000))
      let ready = (try? Poll.readable(polled, milliseconds: wait)) ?? []
      let ended = child.reap()
      capture.read(&stdout, &stderr, blocks: ended == nil ? 16 : 1024)
      if let ended {
        capture.exit = ended
        child.signal(SIGKILL)
        return capture
      }
      if left <= 0 { capture.cut = .late }
      if capture.stdout.count > limit || !isWanted(capture.stdout) { capture.cut = .unwanted }
      if let interrupt, ready.contains(interrupt) { capture.cut = .interrupted }
      guard capture.cut != nil else { continue }
      child.signal(SIGKILL)
      capture.exit = child.wait()
      return capture
    }
  }

  private mutating func read(_ out: inout Source, _ err: inout Source, blocks: Int) {
    var stdout = stdout
    var stderr = stderr
    self.stdout = []
    self.stderr = []
    out.read(blocks: blocks) { stdout += $0 }
    err.read(blocks: blocks) { stderr += $0.prefix(max(Self.stderrLimit - stderr.count, 0)) }
    self.stdout = stdout
    self.stderr = stderr
  }

  private static func pipe(_ command: Command) throws(SpawnError) -> Pipe {
    do throws(PosixError) {
      return try Pipe()
    } catch {
      throw SpawnError(executable: command.executable, cause: error)
    }
  }

  private static func open(
    _ path: String,
    for command: Command
  ) throws(SpawnError) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path)
    } catch {
      throw SpawnError(executable: command.executable, cause: error)
    }
  }
}
