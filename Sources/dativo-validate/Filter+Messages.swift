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
    if contracts.isMasking { try refuseStrayRecord(message) }
    switch message.kind {
    case .record, .airbyteRecord:
      return unsafe try record(message, start, end)
    case .schema: return unsafe try schema(message, start, end)
    case .state, .airbyteState:
      guard passesState() else { return .drop }
      guard holdsStates else { return .barrier }
      let isAirbyte = message.kind == .airbyteState
      // A Singer STATE replaces the one before it; Airbyte's are of one stream each.
      if !isAirbyte { held.removeAll { !$0.isAirbyte } }
      unsafe held.append((Self.bytes(start, end), isAirbyte))
      return .drop
    case .activateVersion where isUnwanted(message.stream), .batch where isUnwanted(message.stream):
      return .drop
    case .batch:
      try refuseMaskedBatch(message)
      guard settings.mode == .strict || cut != nil else {
        relayed["BATCH", default: 0] += 1
        return .pass
      }
      throw violation(
        "stream \(message.stream ?? ""): a BATCH message, whose records cannot be checked",
        hint: "Let the tap send records: remove batch_config from its configuration."
      )
    case .activateVersion: return settings.keepsState || cut?.hasCut == true ? .drop : .pass
    case .airbyteTrace where contracts.isMasking: return unsafe maskedTrace(message, start)
    case .airbyteLog where contracts.isMasking: return withheld("a LOG")
    case .airbyteOther where contracts.isMasking:
      return withheld("a message about the source itself")
    case .airbyteLog, .airbyteTrace, .airbyteOther: return .pass
    case .unknown(let type):
      if contracts.isMasking { return withheld("a message of an unknown type") }
      relayed[type, default: 0] += 1
      return .pass
    }
  }

  /// The stream of a record; Airbyte's streams begin without a SCHEMA.
  mutating func stream(
    of line: RecordLocation,
    isAirbyte: Bool
  ) throws(Failure) -> StreamCheck? {
    if let place = places[line.stream] { return streams[place] }
    guard isAirbyte else { return nil }
    let stream = try open(line.stream)
    if isUnwanted(stream.name) { return stream }
    if stream.object == nil, let schema = catalog[line.stream] {
      try adopt(stream.wantedFields?.pruned(schema) ?? schema, stream)
    } else if stream.object == nil {
      let reason = "the stream has no schema: give the catalog with --catalog, or a contract"
      stream.skipped.append(.init(rule: "schema", pointer: "", reason: reason))
    }
    return stream
  }

  /// A new stream, with its object of the contracts.
  mutating func open(_ name: String) throws(Failure) -> StreamCheck {
    let isWanted = !isUnwanted(name)
    let entry = isWanted ? try contracts.entry(for: name) : nil
    let isNew = isWanted && entry == nil && !contracts.isEmpty
    if isNew { try noteNewTable(name) }
    let stream = StreamCheck(
      name,
      entry,
      settings,
      isIncremental: settings.incremental.contains(name) || catalog.isIncremental(name),
      maskKey: maskKey
    )
    if let masking = stream.masking {
      try checkMasked(catalog.keys(of: name), "key or cursor", masking, name)
    }
    if !isWanted { stream.noteUnwanted() }
    if entry?.object.isDeprecated == true {
      Log.warning("stream \(name): its object of the contract is deprecated")
    }
    if isNew {
      stream.drift.append(Drift(.newTable, "", "no contract describes the stream"))
    }
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
