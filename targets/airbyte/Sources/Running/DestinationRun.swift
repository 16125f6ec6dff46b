import AirbyteKit
import Children
import Posix
import Wire

/// A destination that runs: fed on its standard input, and heard on its standard output meanwhile,
/// for one that is not heard may stop reading.
struct DestinationRun: ~Copyable {
  private var child: Child
  private var input: Descriptor?
  private var output: Source
  /// When a destination that is asked to end has had time enough.
  private var deadline: UInt64?
  private var splitter = LineSplitter(limit: 64 << 20)

  init(_ command: Command) throws(Failure) {
    var command = command
    // Python holds back what it prints into a pipe: acknowledgements would come late.
    command.environment["PYTHONUNBUFFERED"] = "1"
    let feed = try Self.pipe()
    let answers = try Self.pipe()
    do throws(SpawnError) {
      child = try Child(command, descriptors: [feed.reading.raw, answers.writing.raw, 2])
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    let writing = feed.keepWriting()
    writing.setNonBlocking()
    input = consume writing
    output = Source(answers.keepReading())
  }

  private static func pipe() throws(Failure) -> Pipe {
    do throws(PosixError) {
      return try Pipe(size: 1 << 20)
    } catch {
      throw Failure(.io, "\(error)")
    }
  }

  /// What to poll for something said; nil once the destination says nothing more.
  var raw: Int32? { output.isOpen ? output.raw : nil }

  /// Whether it takes input still.
  var takesInput: Bool { input != nil }

  /// Sends whole lines, and hears what is said meanwhile.
  ///
  /// Only a destination that has closed its input, or that takes none for long after a signal, ends
  /// this early.
  mutating func send(_ bytes: [UInt8], _ replies: inout Replies) throws(Failure) {
    var offset = 0
    while offset < bytes.count, !isLate() {
      guard let writing = input?.raw else { return }
      let ready = try poll(writing)
      if ready.readable { try hear(&replies) }
      guard ready.writable else { continue }
      let count: Int? = unsafe bytes.withUnsafeBytes { bytes in
        // A broken pipe: what the destination has to say of it comes on its output.
        unsafe try? input?.writeSome(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      }
      guard let count else {
        input = nil
        return
      }
      offset += count
    }
  }

  /// Whether a signal has asked us to end, and patience is over.
  private mutating func isLate() -> Bool {
    guard Signals.received != nil else { return false }
    let end = deadline ?? Clock.monotonic + UInt64(Teardown.gentle.patience * 1e9)
    deadline = end
    return Clock.monotonic >= end
  }

  private func poll(_ writing: Int32) throws(Failure) -> (readable: Bool, writable: Bool) {
    do throws(PosixError) {
      return try Poll.duplex(reading: raw, writing: writing, milliseconds: 1_000)
    } catch {
      throw Failure(.io, "\(error)")
    }
  }

  /// Takes what has been said, without waiting for more.
  mutating func hear(_ replies: inout Replies) throws(Failure) {
    var lines: [[UInt8]] = []
    var splitter = splitter
    self.splitter = LineSplitter(limit: 0)
    output.read { bytes in splitter.take(bytes) { lines.append(Array($0)) } }
    if !output.isOpen { splitter.end { lines.append(Array($0)) } }
    self.splitter = splitter
    for line in lines { try replies.take(line) }
  }

  /// Closes the input and hears the destination to its end.
  ///
  /// Returns how it ended, and whether it left some of its input behind.
  mutating func end(
    _ replies: inout Replies
  ) throws(Failure) -> (exit: Exit, leftInput: Bool) {
    // Another reading end: what is in the pipe once the destination is gone was never read.
    let left = input?.otherEnd()
    let isClosed = input == nil
    input = nil
    while let raw, !isLate() {
      let ready = (try? Poll.readable([raw], milliseconds: 1_000)) ?? []
      if !ready.isEmpty { try hear(&replies) }
    }
    let exit = child.end()
    let waiting = left?.waitingBytes ?? 0
    return (exit, isClosed || waiting > 0)
  }
}

extension Descriptor {
  /// Another reading end of the pipe that this one writes to; nil where there is none to be had.
  fileprivate func otherEnd() -> Descriptor? { try? Descriptor(opening: "/proc/self/fd/\(raw)") }
}
