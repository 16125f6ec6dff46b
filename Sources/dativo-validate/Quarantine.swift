import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

/// The file of records that broke their contract: a Singer stream, with the reasons beside each.
///
/// A SCHEMA comes before the first record of its stream, and a STATE closes what was set aside
/// before it: `states` on it is its number among those of the input, by which a commit tells how
/// far it reaches. What is never covered by a committed STATE is void: it will come again.
final class Quarantine {
  /// The stream of lines that are no records.
  static let lines = "_dativo_lines"

  private let file: Descriptor
  private let path: String
  private let run: String
  private let secrets: SecretTexts
  private var output: BlockWriter
  private var isDirty = false
  /// Whether records wait for the STATE that covers them.
  private var isOpen = false
  private var states = 0
  /// The SCHEMA lines that stand, by stream.
  private var schemas: [String: [UInt8]] = [:]

  /// Begins a new file, or goes on with one that is there, without the line that a writer which was
  /// killed had not finished.
  init(_ path: String, run: String, _ secrets: SecretTexts) throws(Failure) {
    self.path = path
    self.run = run
    self.secrets = secrets
    do throws(PosixError) {
      try Files.cutUnfinishedLine(path)
      file = try Descriptor(appendingTo: path)
    } catch {
      throw Failure(error)
    }
    output = BlockWriter(file.raw)
  }

  /// What is kept of a record.
  @safe
  enum Content {
    /// The record as it came.
    case record(UnsafeRawBufferPointer)
    /// The record with the values at these pointers masked.
    case masked([UInt8], [String])
  }

  /// Adds a record with what it breaks; `message` is its whole line.
  func add(
    _ stream: StreamCheck,
    line: Int,
    _ message: Message,
    in start: UnsafePointer<UInt8>,
    _ content: Content,
    _ findings: [Finding]
  ) throws(Failure) {
    let isAirbyte = message.kind == .airbyteRecord
    // A SCHEMA may name values of what is masked: then the one that left stands for it.
    let schema = stream.masking == nil ? stream.schemaLine : stream.schemaOutput ?? []
    try announce(stream.name, isAirbyte ? [] : schema)
    var writer = JSONWriter()
    begin(&writer, stream.name)
    switch content {
    case .record(let bytes): unsafe writer.raw(bytes)
    case .masked(let bytes, let pointers):
      writer.raw(String(decoding: bytes, as: UTF8.self))
      writer.key("masked")
      JSONValue.array(pointers.map { .string($0) }).write(to: &writer)
    }
    if isAirbyte {
      let envelope = unsafe message.value("record", in: start)
      var origin = JSONObject()
      for key in ["namespace", "emitted_at"] { origin[key] = envelope?[key] }
      writer.key("airbyte")
      JSONValue.object(origin).write(to: &writer)
    }
    // Of a record that is replayed `quarantined` says which it is.
    for key in ["version", "time_extracted", "quarantined"] {
      guard let bytes = unsafe message.bytes(key, in: start), let range = message.members[key],
        unsafe stream.masking == nil || RecordEnvelope.isKept((key, range), start)
      else { continue }
      writer.key(key)
      writer.raw(String(decoding: bytes, as: UTF8.self))
    }
    reasons(&writer, findings, line)
    if let contract = stream.entry?.contract {
      writer.key("contract")
      let tag: JSONValue = [
        "id": .string(contract.id), "version": .string(contract.version),
        "sha256": .string(contract.sha256),
      ]
      tag.write(to: &writer)
    }
    try end(&writer)
  }

  /// Adds a line that is no record of a stream with a schema, as text; nil withholds it.
  ///
  /// It may be of somebody's log, which is not to keep secrets.
  func add(line: Int, _ text: UnsafeRawBufferPointer?, _ findings: [Finding]) throws(Failure) {
    try announce(
      Self.lines,
      Array(#"{"type":"SCHEMA","stream":"\#(Self.lines)","schema":{"type":"object","#.utf8)
        + Array(#""properties":{"text":{"type":"string"}}},"key_properties":[]}"#.utf8)
    )
    var writer = JSONWriter()
    begin(&writer, Self.lines)
    let shown =
      unsafe text.map { unsafe secrets.masked(String(decoding: $0, as: UTF8.self)) }
      ?? "[redacted]"
    JSONValue.object(["text": .string(shown)]).write(to: &writer)
    if unsafe text == nil {
      writer.key("masked")
      JSONValue.array([""]).write(to: &writer)
    }
    reasons(&writer, findings, line)
    try end(&writer)
  }

  /// A STATE is about to leave: all that it covers is on the disk afterwards.
  func close(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) throws(Failure) {
    states += 1
    if isOpen, let message = unsafe try? Message(start, end) {
      isOpen = false
      let value = unsafe message.bytes("value", in: start) ?? message.bytes("state", in: start)
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("type")
      writer.string("STATE")
      writer.key("value")
      writer.raw(value.map { String(decoding: $0, as: UTF8.self) } ?? "null")
      writer.key("run")
      writer.string(run)
      writer.key("states")
      writer.integer(states)
      writer.endObject()
      writer.newline()
      try write(writer.bytes)
    }
    try sync()
  }

  /// Brings everything to the disk; what follows may rely on it.
  func sync() throws(Failure) {
    guard isDirty else { return }
    isDirty = false
    do throws(PosixError) {
      try output.flush()
      try file.sync(path)
    } catch {
      throw failure(error)
    }
  }

  // MARK: Lines

  /// Writes a stream's SCHEMA, if it is another than the one that stands.
  private func announce(_ stream: String, _ schema: [UInt8]) throws(Failure) {
    if let stands = schemas[stream], stands == schema { return }
    schemas[stream] = schema
    var line = schema[...]
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    while let last = line.last, last == 0x0A || last == 0x0D { line = line.dropLast() }
    if line.isEmpty {
      // Airbyte's streams have none on the wire: the record is what it is.
      let message: JSONValue = [
        "type": "SCHEMA", "stream": .string(stream),
        "schema": ["type": "object", "properties": [:]], "key_properties": [], "airbyte": true,
      ]
      line = Array(message.encoded().utf8)[...]
    }
    try write(Array(line) + [0x0A])
  }

  private func begin(_ writer: inout JSONWriter, _ stream: String) {
    writer.beginObject()
    writer.key("type")
    writer.string("RECORD")
    writer.key("stream")
    writer.string(stream)
    writer.key("record")
  }

  private func reasons(_ writer: inout JSONWriter, _ findings: [Finding], _ line: Int) {
    writer.key("violations")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.key("rule")
      writer.string(finding.rule)
      if let code = finding.code {
        writer.key("code")
        writer.string(code)
      }
      writer.key("pointer")
      writer.string(secrets.masked(finding.pointer))
      writer.key("message")
      writer.string(secrets.masked(finding.message))
      writer.key("severity")
      writer.string(finding.severity.rawValue)
      writer.endObject()
    }
    writer.endArray()
    writer.key("line")
    writer.integer(line)
    writer.key("run")
    writer.string(run)
    writer.key("time")
    writer.string(Clock.timestamp)
  }

  private func end(_ writer: inout JSONWriter) throws(Failure) {
    writer.endObject()
    writer.newline()
    isOpen = true
    try write(writer.bytes)
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    isDirty = true
    do throws(PosixError) {
      try output.write(bytes)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: PosixError) -> Failure {
    // A pipe that the quarantine goes to may break too, and that is not the output's reader.
    Failure(.io, "the quarantine file \(path) cannot be written: \(error.reason)")
  }
}
