package import JSON

/// A line that a target prints: a STATE that it has committed.
package enum StateLine {
  /// The value to keep: the bare one, out of a Singer envelope, or a whole Airbyte message; nil for
  /// a line that is none, and for an empty value, which must never replace a real one.
  package static func value(_ line: ArraySlice<UInt8>) -> JSONValue? {
    guard let value = try? JSONValue.parse(Array(line)) else { return nil }
    let state =
      value["type"]?.string == "STATE" && value["value"] != nil ? value["value"] : value
    guard let state, let object = state.object, !object.isEmpty else { return nil }
    return state
  }

  /// Whether a line is blank or an empty state, which is neither kept nor complained of.
  package static func isEmpty(_ line: ArraySlice<UInt8>) -> Bool {
    if line.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return true }
    guard let value = try? JSONValue.parse(Array(line)) else { return false }
    return value.isNull || value.object?.isEmpty == true || value["value"]?.isNull == true
      || value["value"]?.object?.isEmpty == true
  }
}
