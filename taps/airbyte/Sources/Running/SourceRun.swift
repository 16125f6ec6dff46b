import AirbyteKit
import Children
import ConnectorKit
import Posix
import Wire

/// A source that runs: its standard output read to the end, its standard error ours.
struct SourceRun: ~Copyable {
  private var child: Child
  private let output: Descriptor
  private var reader: LineReader

  /// Starts the source, whose lines may be `limit` bytes long.
  init(_ command: Command, limit: Int) throws(Failure) {
    let nothing = try Self.open { () throws(PosixError) in try Descriptor(opening: "/dev/null") }
    let pipe = try Self.open { () throws(PosixError) in try Pipe() }
    do throws(SpawnError) {
      child = try Child(command, descriptors: [nothing.raw, pipe.writing.raw, 2])
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    output = pipe.keepReading()
    reader = LineReader(output.raw, limit: limit) { Signals.received != nil }
  }

  private static func open<Opened: ~Copyable>(
    _ body: () throws(PosixError) -> Opened
  ) throws(Failure) -> Opened {
    do throws(PosixError) {
      return try body()
    } catch {
      throw Failure(.io, "\(error)")
    }
  }

  /// The next whole lines; nil once the source has closed its output or a signal asks for the end.
  ///
  /// A source whose output cannot be read is asked to end.
  mutating func next() throws(LineReader.Problem) -> UnsafeRawBufferPointer? {
    do throws(LineReader.Problem) {
      return unsafe try reader.next()
    } catch {
      child.signal(Teardown.gentle.signal)
      throw error
    }
  }

  /// Waits for the end; with patience where a signal has ended the reading.
  mutating func end() -> Exit { child.end() }
}
