internal import JSON
internal import Posix
internal import Wire

/// The records of a replay as a tap would send them, without a STATE.
struct ReplayFeed {
  /// The records that are sent: by the name of their run, their lines.
  private(set) var sent: [String: [ClosedRange<Int>]] = [:]
  private(set) var count = 0
  /// Lines that no tap would send, and records whose values are masked; they stay.
  private(set) var unplayable = 0
  /// Records whose key another one has, which would be let through now; they wait for a repair.
  private(set) var repeats = 0
  /// The streams that are sent.
  private(set) var streams: Set<String> = []

  /// Writes the records that wait to `path`; with a repair, only those that it has.
  init(
    _ ledger: QuarantineLedger,
    _ filter: QuarantineFilter,
    _ repair: Repair?,
    to path: String
  ) throws(Failure) {
    let file = try Self.create(path)
    var output = BlockWriter(file.raw)
    var announced: [String: [UInt8]] = [:]
    var lines: [String: [Int]] = [:]
    try ledger.records(filter) { (line, part, schema) throws(Failure) in
      var record = line
      if let repair {
        guard let edited = repair.records[.init(run: line.run, line: line.number)] else { return }
        record = edited
      }
      guard record.stream != QuarantineLine.noRecords, !record.isMasked else {
        unplayable += 1
        return
      }
      // One that nobody has changed still has the key of another.
      guard !line.isRepeat || record.value("record") != line.value("record") else {
        repeats += 1
        return
      }
      let isAirbyte = record.text("airbyte") != nil
      let schema = record.stream == line.stream ? schema : repair?.schemas[record.stream]
      if !isAirbyte, let schema, announced[record.stream] != schema.bytes {
        announced[record.stream] = schema.bytes
        try Self.write(schema.bytes + [0x0A], &output)
      }
      try Self.write(Self.message(record, isAirbyte: isAirbyte), &output)
      lines[part.run, default: []].append(line.number)
      streams.insert(record.stream)
      count += 1
    }
    do throws(PosixError) {
      try output.flush()
    } catch {
      throw Failure(.io, "the records to replay cannot be written: \(error)")
    }
    for (run, numbers) in lines {
      var part = QuarantinePart(run: run, file: "", range: 0..<0, records: numbers.count, began: "")
      part.mark(numbers)
      sent[run] = part.replayed
    }
  }

  private static func create(_ path: String) throws(Failure) -> Descriptor {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.write(path, [], mode: 0o600)
      return try Descriptor(appendingTo: path)
    } catch {
      throw Failure(.io, "the records to replay cannot be written: \(error)")
    }
  }

  private static func write(_ bytes: [UInt8], _ output: inout BlockWriter) throws(Failure) {
    do throws(PosixError) {
      try output.write(bytes)
    } catch {
      throw Failure(.io, "the records to replay cannot be written: \(error)")
    }
  }

  /// A record in the form in which it came, its bytes untouched.
  private static func message(_ line: QuarantineLine, isAirbyte: Bool) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.string("RECORD")
    if isAirbyte {
      let envelope = line.value("airbyte")
      writer.key("record")
      writer.beginObject()
      writer.key("stream")
      let name = envelope?["namespace"]?.string
      writer.string(AirbyteStream.plain(line.stream, namespace: name))
      if let namespace = envelope?["namespace"] {
        writer.key("namespace")
        namespace.write(to: &writer)
      }
      writer.key("data")
      writer.raw(line.text("record") ?? "{}")
      writer.key("emitted_at")
      (envelope?["emitted_at"] ?? 0).write(to: &writer)
      writer.endObject()
    } else {
      writer.key("stream")
      writer.string(line.stream)
      writer.key("record")
      writer.raw(line.text("record") ?? "{}")
    }
    for key in isAirbyte ? [] : ["version", "time_extracted"] {
      guard let text = line.text(key) else { continue }
      writer.key(key)
      writer.raw(text)
    }
    writer.key("quarantined")
    if let first = line.text("quarantined") {
      writer.raw(first)
    } else {
      let place: JSONValue = ["run": .string(line.run), "line": .number(JSONNumber(line.number))]
      place.write(to: &writer)
    }
    writer.endObject()
    writer.newline()
    return writer.bytes
  }
}
