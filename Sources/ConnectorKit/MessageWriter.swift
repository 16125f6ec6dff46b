public import JSON
internal import Posix
public import Wire

/// Writes Singer messages to standard output.
///
/// Records gather in a buffer; a STATE leaves only together with all that came before it.
public struct MessageWriter: ~Copyable {
  private var output: BlockWriter
  /// The records written so far.
  public private(set) var records = 0

  private var counts: [(stream: String, records: Int, bytes: Int)] = []
  private var reporter: Reporter

  /// Writes to standard output; `stage` names the executable in telemetry events.
  public init(stage: String = "") {
    output = BlockWriter(1)
    reporter = Reporter(stage)
  }

  /// Announces a stream: its schema and keys.
  public mutating func schema(
    stream: String,
    _ schema: JSONValue,
    keys: [String],
    bookmarks: [String] = []
  ) throws(Failure) {
    var message = JSONObject()
    message["type"] = "SCHEMA"
    message["stream"] = .string(stream)
    message["schema"] = schema
    message["key_properties"] = .array(keys.map { .string($0) })
    if !bookmarks.isEmpty { message["bookmark_properties"] = .array(bookmarks.map { .string($0) }) }
    try line(.object(message))
  }

  /// Sends the state and everything before it.
  public mutating func state(_ value: JSONValue) throws(Failure) {
    try line(["type": "STATE", "value": value])
    try flush()
    if reporter.isDue() { report() }
  }

  /// Tells the supervisor how much of each stream has been sent.
  public func report() {
    guard reporter.isListening else { return }
    for count in counts {
      reporter.stream(
        count.stream,
        recordsIn: count.records,
        recordsOut: count.records,
        bytesIn: count.bytes
      )
    }
    reporter.stall(read: 0, write: output.waited)
  }

  /// Writes whole lines of RECORD messages of one stream that the caller has put together.
  public mutating func lines(
    _ bytes: UnsafeRawBufferPointer,
    records count: Int,
    of stream: String
  ) throws(Failure) {
    records += count
    if let place = counts.lastIndex(where: { $0.stream == stream }) {
      counts[place].records += count
      counts[place].bytes += bytes.count
    } else {
      counts.append((stream, count, bytes.count))
    }
    do throws(PosixError) {
      unsafe try output.write(bytes)
    } catch {
      throw Failure(error)
    }
  }

  /// Writes the whole line of a message that is no record; a STATE leaves at once, with everything
  /// before it.
  public mutating func line(_ bytes: [UInt8], isState: Bool) throws(Failure) {
    do throws(PosixError) {
      try output.write(bytes)
    } catch {
      throw Failure(error)
    }
    guard isState else { return }
    try flush()
    if reporter.isDue() { report() }
  }

  /// Writes what waits in the buffer.
  public mutating func flush() throws(Failure) {
    do throws(PosixError) {
      try output.flush()
    } catch {
      throw Failure(error)
    }
  }

  private mutating func line(_ message: JSONValue) throws(Failure) {
    var writer = JSONWriter()
    message.write(to: &writer)
    writer.newline()
    do throws(PosixError) {
      try output.write(writer.bytes)
    } catch {
      throw Failure(error)
    }
  }
}
