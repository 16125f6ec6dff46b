internal import Children
internal import JSON
internal import Posix

/// One part of a job while it runs: a `dativo run` of its own, so that nothing of one part is in the
/// way of another.
final class PartProcess {
  let part: Job.Part
  private var child: Child
  private var stdout: Source
  private var stderr: Source
  private var answer: [UInt8] = []
  private var splitter = LineSplitter(limit: 1 << 16)
  private(set) var exit: Exit?
  let began = Clock.monotonic

  init(_ part: Job.Part, _ command: Command) throws(StartFailure) {
    self.part = part
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

  /// What came of it, once it has ended.
  func outcome() -> ParallelRecord.Outcome {
    let envelope = try? JSONValue.parse(answer)
    return ParallelRecord.Outcome(
      part: part,
      exit: exit?.shellCode ?? 70,
      record: envelope?["result"] ?? .null,
      errors: envelope?["errors"]?.array ?? [],
      seconds: Double(Clock.monotonic - began) / 1e9
    )
  }
}
