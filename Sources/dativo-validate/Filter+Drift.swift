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

  /// Whether nothing of a stream passes, because no contract describes it.
  func isSetAside(_ stream: StreamCheck) -> Bool {
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
      Log.warning("stream \(stream.name): \(drift.message)")
      stream.drift.append(drift)
    }
  }

  /// A record's bytes without the fields that the contract does not have; nil where it has all.
  func discarded(
    _ start: Position,
    _ end: Position,
    _ stream: StreamCheck
  ) throws(Failure) -> [UInt8]? {
    guard stream.policy.columns == .discard, let object = stream.object else { return nil }
    do throws(JSONFault) {
      var output: [UInt8] = [0x7B]
      var isWhole = true
      var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
      while unsafe p < end, unsafe p.pointee != 0x7D {
        let from = unsafe p
        let scan = unsafe try JSONScanner.scanString(try JSONScanner.expect(0x22, p, end), end)
        let name = unsafe JSONScanner.text(p + 1, scan)
        unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
        unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
        unsafe p = unsafe try JSONScanner.skipValue(p, end)
        if object.isUnknown(name) {
          isWhole = false
        } else {
          if output.count > 1 { output.append(0x2C) }
          unsafe output.append(contentsOf: UnsafeBufferPointer(start: from, count: p - from))
        }
        unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
        if unsafe p < end, unsafe p.pointee == 0x2C {
          unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
        }
      }
      output.append(0x7D)
      return isWhole ? nil : output
    } catch {
      throw unreadable
    }
  }
}

extension DriftPolicy {
  /// A SCHEMA message without the columns that are discarded.
  func narrowed(_ message: JSONValue, _ object: ObjectCheck) -> JSONValue {
    guard columns == .discard, var result = message.object,
      var schema = result["schema"]?.object, let properties = schema["properties"]?.object
    else { return message }
    schema["properties"] = .object(
      JSONObject(properties.members.filter { !object.isUnknown($0.key) })
    )
    result["schema"] = .object(schema)
    return .object(result)
  }
}
