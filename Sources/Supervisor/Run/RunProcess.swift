internal import Children
internal import JSON
internal import Posix

/// A `dativo run` of ours while it runs, with `--json`: parts of a job are such processes, so that
/// nothing of one is in the way of another.
final class RunProcess {
  private var child: Child
  private var stdout: Source
  private var stderr: Source
  private var answer: [UInt8] = []
  private var splitter = LineSplitter(limit: 1 << 16)
  private(set) var exit: Exit?
  let began = Clock.monotonic

  init(_ command: Command) throws(StartFailure) {
    let input = try Pipeline.pipe()
    let out = try Pipeline.pipe()
    let err = try Pipeline.pipe()
    do throws(SpawnError) {
      child = try Child(
        command,
        descriptors: [input.reading.raw, out.writing.raw, err.writing.raw]
      )
    } catch {
      throw .system(error.cause)
    }
    stdout = Source(out.keepReading())
    stderr = Source(err.keepReading())
  }

  /// What to poll: its end, while it runs, and its pipes, while they are open.
  var polled: [Int32] {
    (exit == nil ? [child.raw] : []) + (stdout.isOpen ? [stdout.raw] : [])
      + (stderr.isOpen ? [stderr.raw] : [])
  }

  var pid: Int32 { child.pid }

  func signal(_ number: Int32) { child.signal(number) }

  /// Whether it has ended just now.
  func reap() -> Bool {
    guard exit == nil, let ended = child.reap() else { return false }
    exit = ended
    return true
  }

  /// Reads what it has written; returns the lines for people.
  func listen(blocks: Int = 4) -> [String] {
    var lines: [String] = []
    stderr.read(blocks: blocks) { bytes in
      splitter.take(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
    }
    stdout.read(blocks: blocks) { answer += $0 }
    return lines
  }

  /// What it answered with `--json`; nil where it did not.
  var envelope: JSONValue? { try? JSONValue.parse(answer) }
}
