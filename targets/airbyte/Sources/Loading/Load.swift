import AirbyteKit
import Children
import ConnectorKit
import JSON
import Posix
import Wire

// SAFETY, for the whole file: lines are lent by the reader for as long as a call.

/// A load: messages from standard input into a destination, write by write.
///
/// A write begins with the first record or state, and knows the streams whose SCHEMA has come by
/// then. A SCHEMA that says something new ends it, all its states acknowledged, before the next
/// record begins another.
struct Load: ~Copyable {
  let settings: DestinationSettings
  let destination: Destination
  var streams: [LoadedStream] = []
  var places: [String: Int] = [:]
  /// What Airbyte's configured catalog says; nil where there is none.
  let configured: JSONValue?
  var run: DestinationRun?
  /// The streams that the running write knows, each with its namespace.
  var known: [JSONValue] = []
  var isStale = false
  /// The destination has ended, or takes no more, before the input has ended.
  var hasStopped = false
  var scratch: Scratch?
  var replies: Replies
  var record: RecordMessage
  var buffer: [UInt8] = []
  /// The streams of which Airbyte's own messages have told the end.
  var statuses: [String: String] = [:]
  var sourceError: ConnectorError?
  var warned: Set<String> = []
  var lines = 0
  var records = 0
  /// Numbers the load, and the generations of what it overwrites.
  let number = Int64(Clock.wall / 1_000_000)

  init(
    _ settings: DestinationSettings,
    _ destination: Destination,
    catalog: JSONValue?
  ) throws(Failure) {
    self.settings = settings
    self.destination = destination
    replies = Replies(destination)
    record = RecordMessage(namespace: settings.namespace)
    let entries = catalog?["streams"]?.array ?? []
    configured = entries.contains { $0["stream"]?.object != nil } ? catalog : nil
    for entry in entries where configured == nil {
      guard let object = entry.object else { continue }
      let stream = Catalog.Entry(object)
      if stream.isSelected { take(LoadedStream(stream)) }
    }
  }

  /// Waits until there is input, hearing the destination meanwhile; false once it has ended.
  mutating func awaitInput() throws(Failure) -> Bool {
    while Signals.received == nil {
      guard run != nil else { return true }
      guard let raw = run?.raw else { break }
      let ready: [Int32]
      do throws(PosixError) {
        ready = try Poll.readable([0, raw], milliseconds: 1_000)
      } catch {
        throw Failure(error)
      }
      if ready.contains(raw) {
        try run?.hear(&replies)
        try sendDue()
      }
      guard run?.takesInput ?? true else { break }
      if ready.contains(0) { return true }
    }
    hasStopped = Signals.received == nil
    return !hasStopped
  }

  /// Takes whole lines.
  mutating func take(_ region: UnsafeRawBufferPointer) throws(Failure) {
    guard let base = unsafe region.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    var p = unsafe UnsafePointer(base)
    let end = unsafe p + region.count
    while unsafe p < end {
      let feed = unsafe Bytes.find(0x0A, p, end) ?? end
      lines += 1
      unsafe try take(p, feed)
      if buffer.count >= 1 << 18 { try send() }
      unsafe p = unsafe feed < end ? feed + 1 : end
    }
    try send()
  }

  mutating func take(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    guard unsafe JSONScanner.skipWhitespace(start, end) < end else { return }
    let message: Message
    do throws(Message.Problem) {
      message = unsafe try Message(start, end)
    } catch {
      throw broken(error)
    }
    switch message.kind {
    case .record: unsafe try takeRecord(start, end)
    case .schema: try take(schema: unsafe try? JSONValue.parse(Self.bytes(start, end)))
    case .state:
      guard let value = unsafe message.bytes("value", in: start) else {
        throw broken("a STATE without its value")
      }
      try take(state: value)
    case .activateVersion: warnOfVersions(message.stream ?? "")
    case .batch:
      throw broken(
        "a BATCH of stream \(message.stream ?? ""), whose files no destination of Airbyte reads",
        hint: "Turn the tap's batches off (batch_config)."
      )
    case .airbyteRecord: unsafe try takeAirbyteRecord(start, end)
    case .airbyteState:
      try begin()
      let body = unsafe message.value("state", in: start) ?? [:]
      replies.outstanding.add(body, unsafe Self.bytes(start, end))
      buffer += replies.outstanding.due()
    case .airbyteTrace:
      unsafe try take(trace: message.value("trace", in: start), start, end)
    case .airbyteLog, .airbyteOther, .unknown: break
    }
  }

  func broken(_ what: String, hint: String? = nil) -> Failure {
    Failure(.data, "line \(lines): \(what)", hint: hint)
  }

  func broken(_ problem: Message.Problem) -> Failure {
    switch problem {
    case .notJSON(let fault): broken("not JSON: \(fault.reason.rawValue)")
    case .notAnObject: broken("a message is a JSON object")
    case .noType: broken("a message without \"type\"")
    }
  }

  static func bytes(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
  }
}
