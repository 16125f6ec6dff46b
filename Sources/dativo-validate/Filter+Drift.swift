import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Wire

// SAFETY, for the whole file: positions lie inside one valid record.

extension Filter {
  /// What happens to a stream that no contract describes.
  func tableAction() -> DriftPolicy.Action {
    settings.drift.tables ?? (settings.mode == .strict ? .freeze : .evolve)
  }

  /// Notes a stream that no contract describes; throws where that ends the run.
  func noteNewTable(_ name: String) throws(Failure) {
    switch tableAction() {
    case .freeze:
      throw violation(
        "the stream \(name) has no object in the contracts",
        hint: "Describe it under schema in a contract, or deselect the stream in the catalog; "
          + "drift {tables: evolve} lets it pass."
      )
    case .evolve:
      let rest = contracts.isMasking ? ": nothing of it is masked" : ""
      Log.warning("line \(lineNumber): the stream \(name) has no object in the contracts\(rest)")
    case .quarantine, .discard:
      Log.warning(
        "line \(lineNumber): the stream \(name) has no object in the contracts: set aside"
      )
    }
  }

  /// Whether nothing of a stream passes, because no contract describes it or it is not wanted.
  func isSetAside(_ stream: StreamCheck) -> Bool {
    if isUnwanted(stream.name) { return true }
    guard stream.entry == nil, !contracts.isEmpty else { return false }
    return [.quarantine, .discard].contains(tableAction())
  }

  /// Holds a SCHEMA against the contract; throws where a difference ends the run.
  func checkDrift(_ stream: StreamCheck, _ schema: JSONValue) throws(Failure) {
    guard let entry = stream.entry else { return }
    let found = Drift.between(entry.object, schema)
    for drift in found where !stream.drift.contains(drift) {
      let isType = drift.kind == .otherType
      let action = isType ? stream.policy.types : stream.policy.columns
      if action == .freeze {
        throw violation(
          "stream \(stream.name): \(drift.message), and drift.\(isType ? "types" : "columns") is freeze",
          hint:
            "Bring the contract up to the stream (`dativo contract diff` tells whom it breaks), "
            + "or let it evolve."
        )
      }
      if isType, action != .evolve, !(stream.object?.drift(drift.column, action) ?? true) {
        throw violation(
          "stream \(stream.name): \(drift.message), and the contract does not let it be left out",
          hint: "It is required or part of a key: drift {types: discard} is not for such a field."
        )
      }
      if isType, action == .discard {
        let pointer = Pointer.append("", drift.column)
        let reason = "the field is left out: its type has drifted"
        stream.skipped.append(.init(rule: "type", pointer: pointer, reason: reason))
      }
      let fate =
        switch action {
        case .discard where isType: "; \(drift.column) is left out"
        case .quarantine where isType: "; records with a value of \(drift.column) are set aside"
        default: ""
        }
      Log.warning("stream \(stream.name): \(drift.message)\(fate)")
      stream.drift.append(drift)
    }
  }

  /// A record's bytes without the fields that are left out; nil where it is whole.
  func discarded(
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) throws(Failure) -> [UInt8]? {
    guard let known = stream.knownFields else { return nil }
    do throws(JSONFault) {
      return unsafe try known.pruned(start, end)
    } catch {
      throw unreadable
    }
  }
}

extension StreamCheck {
  /// What stays of records where fields are left out; nil where all stay.
  func whatStays() -> KnownFields? {
    guard let object else { return nil }
    let leftOut = Set(object.driftedTypes.filter { $0.value == .discard }.keys)
    guard policy.columns == .discard || !leftOut.isEmpty else { return nil }
    return KnownFields(
      object.object,
      leftOut: leftOut,
      keys: keyProperties,
      leavesUnknown: policy.columns == .discard
    )
  }
}

extension KnownFields {
  /// A SCHEMA message without what is left out.
  func narrowed(_ message: JSONValue) -> JSONValue {
    guard var result = message.object, let schema = result["schema"] else { return message }
    result["schema"] = pruned(schema)
    return .object(result)
  }
}
