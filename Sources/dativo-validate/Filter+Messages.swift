import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Filter {
  /// Reads one line the general way; `lineNumber` is its number.
  mutating func line(_ start: Position, _ end: Position) throws(Failure) -> Decision {
    if unsafe Self.isBlank(start, end) { return .pass }
    let message: Message
    do throws(Message.Problem) {
      message = unsafe try Message(start, end)
    } catch {
      return unsafe try noMessage(error, start, end)
    }
    switch message.kind {
    case .record, .airbyteRecord:
      return unsafe try record(message, start, end)
    case .schema: return unsafe try schema(message, start, end)
    case .state, .airbyteState:
      guard holdsStates else { return .barrier }
      let isAirbyte = message.kind == .airbyteState
      // A Singer STATE replaces the one before it; Airbyte's are of one stream each.
      if !isAirbyte { held.removeAll { !$0.isAirbyte } }
      unsafe held.append((Self.bytes(start, end), isAirbyte))
      return .drop
    case .batch:
      guard settings.mode == .strict else {
        relayed["BATCH", default: 0] += 1
        return .pass
      }
      throw violation(
        "stream \(message.stream ?? ""): a BATCH message, whose records cannot be checked",
        hint: "Let the tap send records: remove batch_config from its configuration."
      )
    case .activateVersion, .airbyteLog, .airbyteTrace, .airbyteOther: return .pass
    case .unknown(let type):
      relayed[type, default: 0] += 1
      return .pass
    }
  }

  /// A RECORD: its form is learned, its record judged exactly.
  private mutating func record(
    _ message: Message,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> Decision {
    let isAirbyte = message.kind == .airbyteRecord
    guard let location = unsafe try? RecordLocation(start, end) else {
      return unsafe try refuse(start, end, "record", "a RECORD without an object under record")
    }
    guard let stream = try stream(of: location, isAirbyte: isAirbyte) else {
      return unsafe try refuse(
        start,
        end,
        "schema",
        "a record of stream \(location.stream) before a corresponding schema"
      )
    }
    current = stream
    unsafe stream.form.learn(location, from: start, to: end)
    stream.read += 1
    stream.bytes += unsafe end - start
    let recordStart = unsafe start + location.record.lowerBound
    let bytes = unsafe UnsafeRawBufferPointer(start: recordStart, count: location.record.count)
    guard let value = unsafe try? JSONValue.parse(bytes), let object = value.object else {
      throw Failure(.bug, "line \(lineNumber) was read once and not twice")
    }
    for name in stream.unknownNames(object).dropFirst(stream.pendingUnknown) {
      stream.unknown[name, default: 0] += 1
    }
    stream.pendingUnknown = 0
    var findings = stream.object?.findings(in: object) ?? stream.schema?.findings(in: value) ?? []
    for name in stream.keyProperties where object[name] == nil {
      let pointer = Pointer.append("", name)
      if findings.contains(where: { $0.pointer == pointer && $0.code == "missing" }) { continue }
      findings.append(Finding("key", at: pointer, expected: "missing key properties: \(name)"))
    }
    if stream.object != nil {
      unsafe findings += Duplicates.findings(recordStart, start + location.record.upperBound)
    }
    do throws(PosixError) {
      try stream.checkKeys(object, &findings)
    } catch {
      throw Self.keysFailed(error)
    }
    return unsafe try judge(stream, findings, message, start, bytes)
  }

  private func keep(_ stream: StreamCheck) throws(Failure) {
    do throws(PosixError) {
      try stream.keepKeys()
    } catch {
      throw Self.keysFailed(error)
    }
  }

  private static func keysFailed(_ error: PosixError) -> Failure {
    Failure(
      .io,
      "the keys that must be unique cannot be kept in \(KeySet.folder): \(error.reason)",
      hint: "TMPDIR names another folder; key_memory keeps more of them in memory."
    )
  }

  /// Decides over a record by what it breaks.
  private mutating func judge(
    _ stream: StreamCheck,
    _ findings: [Finding],
    _ message: Message,
    _ start: Position,
    _ record: UnsafeRawBufferPointer
  ) throws(Failure) -> Decision {
    var errors: [Finding] = []
    for finding in findings {
      if let tally = finding.tally {
        stream.tallies[tally] += 1
      } else {
        stream.note(finding, line: lineNumber)
        if finding.severity == .error { errors.append(finding) }
      }
    }
    guard let first = errors.first else {
      try keep(stream)
      stream.passed += 1
      return .pass
    }
    stream.violating += 1
    try checkLimit()
    switch settings.mode {
    case .strict:
      let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
      throw violation(
        "stream \(stream.name), \(first.pointer.isEmpty ? "the record" : first.pointer): "
          + first.message + more,
        hint: stream.object == nil
          ? "The record does not keep the SCHEMA that its tap sent."
          : "The record breaks the contract; --mode quarantine sets such records aside."
      )
    case .warn:
      try keep(stream)
      stream.passed += 1
      return .pass
    case .quarantine:
      stream.quarantined += 1
      unsafe try quarantine?.add(stream, line: lineNumber, message, in: start, record, errors)
      return .drop
    }
  }

  /// The stream of a record; Airbyte's streams begin without a SCHEMA.
  private mutating func stream(
    of line: RecordLocation,
    isAirbyte: Bool
  ) throws(Failure) -> StreamCheck? {
    if let place = places[line.stream] { return streams[place] }
    guard isAirbyte else { return nil }
    let stream = try open(line.stream)
    if stream.object == nil, let schema = catalog[line.stream] {
      try adopt(schema, stream)
    } else if stream.object == nil {
      let reason = "the stream has no schema: give the catalog with --catalog, or a contract"
      stream.skipped.append(.init(rule: "schema", pointer: "", reason: reason))
    }
    return stream
  }

  /// A new stream, with its object of the contracts.
  mutating func open(_ name: String) throws(Failure) -> StreamCheck {
    let entry = try contracts.entry(for: name)
    if entry == nil, !contracts.isEmpty {
      if settings.mode == .strict {
        throw violation(
          "the stream \(name) has no object in the contracts",
          hint: "Describe it under schema in a contract, or deselect the stream in the catalog."
        )
      }
      Log.warning("line \(lineNumber): the stream \(name) has no object in the contracts")
    }
    let stream = StreamCheck(name, entry, settings)
    places[name] = streams.count
    streams.append(stream)
    return stream
  }

  private static func isBlank(_ start: Position, _ end: Position) -> Bool {
    var p = unsafe start
    while unsafe p < end {
      guard unsafe p.pointee == 0x20 || (0x09...0x0D).contains(p.pointee) else { return false }
      unsafe p += 1
    }
    return true
  }
}
