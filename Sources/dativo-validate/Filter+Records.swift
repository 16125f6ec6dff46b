import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Filter {
  /// A RECORD: its form is learned, its record judged exactly.
  mutating func record(
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
    if let line = unsafe try selected(stream, location, start, end) {
      return try trimmed(line)
    }
    if leavesOut(stream) { return .drop }
    current = stream
    let envelope = unsafe try envelope(of: location, stream, start, end)
    if envelope?.isPlain ?? true { unsafe stream.form.learn(location, from: start, to: end) }
    stream.read += 1
    stream.bytes += unsafe end - start
    let recordStart = unsafe start + location.record.lowerBound
    let recordEnd = unsafe start + location.record.upperBound
    if isSetAside(stream) {
      return unsafe try setAside(message, stream, start, recordStart..<recordEnd)
    }
    var coerced = unsafe try coerced(recordStart, recordEnd, stream)
    var findings = unsafe try findings(recordStart, recordEnd, coerced, stream)
    if let masking = stream.masking { findings = masking.disclosed(findings) }
    unsafe coerced = try known(coerced, recordStart, recordEnd, stream) ?? coerced
    if let errors = try judge(stream, findings) {
      stream.quarantined += 1
      let content = unsafe try content(recordStart, recordEnd, stream)
      unsafe try quarantine?.add(stream, line: lineNumber, message, in: start, content, errors)
      return .drop
    }
    if let masking = stream.masking, let envelope {
      let bytes = unsafe coerced ?? Self.bytes(recordStart, recordEnd)
      return .replace(envelope.line(with: try mask(bytes, masking, explains: false).bytes))
    }
    guard let coerced else { return .pass }
    return .replace(
      unsafe Self.bytes(start, recordStart) + coerced + Self.bytes(recordEnd, end)
    )
  }

  /// A record from which unwanted fields were taken, judged like one that came so.
  private mutating func trimmed(_ line: [UInt8]) throws(Failure) -> Decision {
    // SAFETY: the copy lives as long as the call.
    let result: Result<Decision, Failure> = unsafe line.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress,
        let message = unsafe try? Message(start, start + bytes.count)
      else { return .failure(unreadable) }
      do throws(Failure) {
        return .success(unsafe try record(message, start, start + bytes.count))
      } catch {
        return .failure(error)
      }
    }
    let decision = try result.get()
    if case .pass = decision { return .replace(line) }
    return decision
  }

  /// The record without the fields that the contract does not have; nil where it has all.
  private func known(
    _ coerced: [UInt8]?,
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) throws(Failure) -> [UInt8]? {
    guard let coerced else { return unsafe try discarded(start, end, stream) }
    // SAFETY: the copy lives as long as the call.
    let result: Result<[UInt8]?, Failure> = unsafe coerced.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return .success(nil) }
      do throws(Failure) {
        return .success(unsafe try discarded(first, first + bytes.count, stream))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// A record of a stream that no contract describes, where such are not let through, or of one that
  /// is not wanted.
  private mutating func setAside(
    _ message: Message,
    _ stream: StreamCheck,
    _ start: Position,
    _ record: Range<Position>
  ) throws(Failure) -> Decision {
    guard tableAction() == .quarantine, !isUnwanted(stream.name) else {
      stream.discarded += 1
      return .drop
    }
    let finding = Finding("unknownTable", at: "", expected: "a stream that a contract describes")
    stream.note(finding, line: lineNumber)
    stream.violating += 1
    stream.quarantined += 1
    try checkLimit()
    let content = unsafe try content(record.lowerBound, record.upperBound, stream)
    unsafe try quarantine?.add(stream, line: lineNumber, message, in: start, content, [finding])
    return .drop
  }

  /// What a record breaks, as it came or as it was coerced.
  private mutating func findings(
    _ start: Position,
    _ end: Position,
    _ coerced: [UInt8]?,
    _ stream: StreamCheck
  ) throws(Failure) -> [Finding] {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: end - start)
    let parsed = unsafe coerced.map { try? JSONValue.parse($0) } ?? (try? JSONValue.parse(bytes))
    guard let value = parsed, let object = value.object else { throw unreadable }
    let names = stream.unknownNames(object)
    for name in names.dropFirst(stream.pendingUnknown) {
      stream.unknown[name, default: 0] += 1
    }
    if stream.policy.columns == .freeze, let check = stream.object,
      let name = names.first(where: check.isUnknown)
    {
      throw violation(
        "stream \(stream.name): the contract has no field \(name), and drift.columns is freeze",
        hint: "The record has it though no SCHEMA announced it."
      )
    }
    stream.pendingUnknown = 0
    var findings = stream.object?.findings(in: object) ?? stream.schema?.findings(in: value) ?? []
    for name in stream.keyProperties where object[name] == nil {
      let pointer = Pointer.append("", name)
      if findings.contains(where: { $0.pointer == pointer && $0.code == "missing" }) { continue }
      findings.append(Finding("key", at: pointer, expected: "missing key properties: \(name)"))
    }
    if stream.object != nil { unsafe findings += Duplicates.findings(start, end) }
    do throws(PosixError) {
      try stream.checkKeys(object, &findings)
    } catch {
      throw Self.keysFailed(error)
    }
    return findings
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

  /// What the quarantine keeps of a record: its own bytes, but for what is masked.
  private func content(
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) throws(Failure) -> Quarantine.Content {
    guard let masking = stream.masking else {
      return unsafe .record(UnsafeRawBufferPointer(start: start, count: end - start))
    }
    let (bytes, pointers) = unsafe try mask(Self.bytes(start, end), masking, explains: true)
    return .masked(bytes, pointers)
  }

  /// Decides over a record by what it breaks: nil if it passes, else why it is set aside.
  private mutating func judge(
    _ stream: StreamCheck,
    _ findings: [Finding]
  ) throws(Failure) -> [Finding]? {
    var errors: [Finding] = []
    for var finding in findings {
      let weight = stream.severities.severity(of: finding.rule, at: finding.pointer)
      finding.severity = weight ?? finding.severity
      if let tally = finding.tally {
        stream.tallies[tally] += 1
      } else {
        stream.note(finding, line: lineNumber)
        if finding.severity == .error { errors.append(finding) }
      }
    }
    stream.noteLosses(line: lineNumber)
    guard let first = errors.first else {
      try keep(stream)
      stream.passed += 1
      return nil
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
      return nil
    case .quarantine: return errors
    }
  }
}
