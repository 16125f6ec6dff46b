import AirbyteKit
import Children
import ConnectorKit
import Posix
import Wire

/// A source that runs: its standard output read to the end, its standard error ours.
struct SourceRun: ~Copyable {
  private var child: Child
  private let output: Descriptor

  init(_ command: Command) throws(Failure) {
    let nothing = try Self.open { () throws(PosixError) in try Descriptor(opening: "/dev/null") }
    let pipe = try Self.open { () throws(PosixError) in try Pipe() }
    do throws(SpawnError) {
      child = try Child(command, descriptors: [nothing.raw, pipe.writing.raw, 2])
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    output = pipe.keepReading()
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

  /// Gives whole lines until the source closes its output or a signal asks for the end.
  mutating func read(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var reader = LineReader(output.raw) { Signals.received != nil }
    while true {
      let region: UnsafeRawBufferPointer?
      do throws(LineReader.Problem) {
        unsafe region = unsafe try reader.next()
      } catch {
        child.signal(Teardown.gentle.signal)
        throw Failure(.data, "the output of the source cannot be read: \(error)")
      }
      guard let region = unsafe region else { return }
      unsafe try body(region)
    }
  }

  /// Waits for the end; with patience where a signal has ended the reading.
  mutating func end() -> Exit { child.end() }
}
