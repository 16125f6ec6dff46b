import AirbyteKit
import ConnectorKit
import JSON
import Posix
import Wire

// SAFETY, for the whole file: lines are lent by the reader for as long as a call.

/// What a source says while it reads, line by line, and what of it goes on to standard output.
///
/// Nothing is reordered. A STATE leaves after every record that came before it.
struct Conversation: ~Copyable {
  let source: String
  private let wording: Wording
  private let failsOnCounts: Bool
  private(set) var progress: Progress
  private var ledger: StateLedger
  private var remarks: Remarks
  private var relays: [RecordRelay]
  private var places: [String: Int] = [:]
  /// The stream of the last record, and its messages that were not handed on yet.
  private var last = 0
  private var buffer: [UInt8] = []
  private var buffered = 0
  /// The streams whose last state is held, with its line.
  private var held: [String: [UInt8]] = [:]
  private var lines = 0
  /// How many bytes are handed on at once: as many as leave without being copied again.
  private static let block = 1 << 18

  init(
    _ source: String,
    relays: [RecordRelay],
    ledger: StateLedger,
    remarks: Remarks,
    failsOnCounts: Bool,
    _ wording: Wording
  ) {
    self.source = source
    self.relays = relays
    self.ledger = ledger
    self.remarks = remarks
    self.failsOnCounts = failsOnCounts
    self.wording = wording
    progress = Progress(relays.map(\.name))
    for (place, relay) in relays.enumerated() { places[relay.name] = place }
  }

  /// Takes whole lines.
  mutating func take(
    _ region: UnsafeRawBufferPointer,
    to writer: inout MessageWriter
  ) throws(Failure) {
    guard let base = unsafe region.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    var p = unsafe UnsafePointer(base)
    let end = unsafe p + region.count
    while unsafe p < end {
      let feed = unsafe Bytes.find(0x0A, p, end) ?? end
      lines += 1
      if !(unsafe passRecord(p, feed)) { unsafe try takeMessage(p, feed, to: &writer) }
      if buffer.count >= Self.block { try handOn(to: &writer) }
      unsafe p = unsafe feed < end ? feed + 1 : end
    }
  }

  /// A record of the stream that the last one was of, in a form that is known.
  private mutating func passRecord(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> Bool {
    guard held.isEmpty, !relays.isEmpty, unsafe relays[last].pass(start, end, to: &buffer) else {
      return false
    }
    buffered += 1
    return true
  }

  private mutating func takeMessage(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    to writer: inout MessageWriter
  ) throws(Failure) {
    let message: Message
    do throws(Message.Problem) {
      message = unsafe try Message(start, end)
    } catch {
      return unsafe try takeNoise(error, start, end)
    }
    switch message.kind {
    case .airbyteRecord: unsafe try takeRecord(start, end, to: &writer)
    case .airbyteState:
      guard let body = unsafe message.value("state", in: start), body.object != nil else {
        throw broken("a STATE without its state")
      }
      var line = unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
      line.append(0x0A)
      try take(state: body, line, to: &writer)
    case .airbyteLog: unsafe remarks.log(message.value("log", in: start))
    case .airbyteTrace: unsafe try take(trace: message.value("trace", in: start), to: &writer)
    case .airbyteOther: unsafe try remarks.control(message.value("control", in: start))
    case .record, .schema, .state, .activateVersion, .batch:
      throw broken(
        "a message of Singer, from a source of Airbyte",
        hint: "A Singer tap needs no dativo-tap-airbyte: in a job, name it as `command` or `tap`."
      )
    case .unknown: break
    }
  }

  private mutating func takeRecord(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    to writer: inout MessageWriter
  ) throws(Failure) {
    guard let location = unsafe try? RecordLocation(start, end) else {
      throw broken("a RECORD without \"stream\" or \"data\"")
    }
    guard let place = places[location.stream] else {
      throw broken("a RECORD of stream \(location.stream), which was not asked for")
    }
    if held[location.stream] != nil { try release(location.stream, to: &writer) }
    if place != last {
      try handOn(to: &writer)
      last = place
    }
    let meta = location.meta.map { range in
      unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
    }
    unsafe relays[place].pass(location, meta: meta, start, end, to: &buffer)
    buffered += 1
  }

  /// Hands on the records that wait.
  private mutating func handOn(to writer: inout MessageWriter) throws(Failure) {
    guard buffered > 0 else { return }
    progress.count(relays[last].name, buffered)
    let (name, count) = (relays[last].name, buffered)
    buffered = 0
    defer { buffer.removeAll(keepingCapacity: true) }
    let result: Result<Void, Failure> = unsafe withUnsafeMutablePointer(to: &writer) { writer in
      unsafe buffer.withUnsafeBytes { bytes in
        do throws(Failure) {
          return .success(unsafe try writer.pointee.lines(bytes, records: count, of: name))
        } catch {
          return .failure(error)
        }
      }
    }
    try result.get()
  }

  // MARK: States

  private mutating func take(
    state body: JSONValue,
    _ line: [UInt8],
    to writer: inout MessageWriter
  ) throws(Failure) {
    try handOn(to: &writer)
    let name = ledger.take(body)
    if let difference = progress.compare(body, of: name) {
      guard !failsOnCounts else { throw Failure(.data, "\(source): \(difference)") }
      Log.warning("\(source): \(difference)")
    }
    guard let name else { return try write(line, to: &writer) }
    if progress.hasFailed(name) {
      ledger.drop(name)
    } else {
      held[name] = line
      if progress.streams[name]?.status == "COMPLETE" {
        ledger.noteEnd(name)
        try release(name, to: &writer)
      }
    }
  }

  private mutating func release(_ name: String, to writer: inout MessageWriter) throws(Failure) {
    try handOn(to: &writer)
    guard let line = held.removeValue(forKey: name), ledger.release(name) else { return }
    try write(line, to: &writer)
  }

  private mutating func write(
    _ line: [UInt8],
    to writer: inout MessageWriter
  ) throws(Failure) {
    switch wording {
    case .singer: try writer.state(ledger.value)
    case .airbyte: try writer.line(line, isState: true)
    }
  }

  /// Hands on the rest; `isWhole` says that the source came to its end without a failure.
  mutating func end(isWhole: Bool, to writer: inout MessageWriter) throws(Failure) {
    try handOn(to: &writer)
    for name in held.keys.sorted()
    where isWhole || progress.streams[name]?.status == "COMPLETE" && !progress.hasFailed(name) {
      ledger.noteEnd(name)
      try release(name, to: &writer)
    }
  }

  // MARK: What is said besides

  private mutating func take(
    trace: JSONValue?,
    to writer: inout MessageWriter
  ) throws(Failure) {
    switch trace?["type"]?.string {
    case "ERROR":
      guard let error = remarks.error(trace) else { return }
      if let name = error.stream { drop(name) }
      progress.note(error)
    case "STREAM_STATUS":
      let status = trace?["stream_status"]
      guard let name = AirbyteStream.name(status?["stream_descriptor"]),
        let word = status?["status"]?.string?.uppercased()
      else { return }
      // The status counts the records that came before it.
      try handOn(to: &writer)
      progress.note(word, of: name)
      if word == "COMPLETE", !progress.hasFailed(name) {
        ledger.noteEnd(name)
        try release(name, to: &writer)
      }
      if word == "INCOMPLETE" { drop(name) }
    default: break
    }
  }

  private mutating func drop(_ name: String) {
    held[name] = nil
    ledger.drop(name)
  }

  /// A line that is no message: a log of programs that know no better, or something broken.
  private mutating func takeNoise(
    _ problem: Message.Problem,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    let text = unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: end - start),
      as: UTF8.self
    )
    if let fault = remarks.noise(problem, text) { throw broken(fault) }
  }

  /// Why the output of the source cannot be read on.
  func failure(_ problem: LineReader.Problem) -> Failure {
    let failure = Ending.failure(problem, line: lines)
    return Failure(failure.kind, "the output of \(source): \(failure.message)", hint: failure.hint)
  }

  private func broken(_ what: String, hint: String? = nil) -> Failure {
    Failure(.data, "\(source), line \(lines) of its output: \(what)", hint: hint)
  }
}
