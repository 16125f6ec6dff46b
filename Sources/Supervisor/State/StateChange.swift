package import JSON

/// One value in which two STATEs differ.
package struct StateChange: Hashable, Sendable {
  /// Nil for what belongs to no stream.
  package var stream: String?
  /// The JSON Pointer below what the STATE has for the stream.
  package var pointer: String
  /// Nil where there was none.
  package var before: JSONValue?
  /// Nil where there is none.
  package var after: JSONValue?

  package init(stream: String?, pointer: String, before: JSONValue?, after: JSONValue?) {
    self.stream = stream
    self.pointer = pointer
    self.before = before
    self.after = after
  }

  /// All differences, by stream, in the order in which the first STATE has them.
  package static func between(_ before: JSONValue?, _ after: JSONValue?) -> [StateChange] {
    let (old, new) = (StateParts(before), StateParts(after))
    var changes: [StateChange] = []
    let olds = JSONObject(old.streams.map { (key: $0.name, value: $0.value) })
    let news = JSONObject(new.streams.map { (key: $0.name, value: $0.value) })
    for name in keys(olds, news) { compare(olds[name], news[name], name, "", &changes) }
    if !old.rest.isEmpty || !new.rest.isEmpty {
      compare(.object(old.rest), .object(new.rest), nil, "", &changes)
    }
    return changes
  }

  private static func compare(
    _ before: JSONValue?,
    _ after: JSONValue?,
    _ stream: String?,
    _ pointer: String,
    _ changes: inout [StateChange]
  ) {
    guard before != after else { return }
    if let old = before?.object, let new = after?.object {
      for key in keys(old, new) {
        compare(old[key], new[key], stream, "\(pointer)/\(escaped(key))", &changes)
      }
    } else if let old = before?.array, let new = after?.array {
      for index in 0..<max(old.count, new.count) {
        // Not a bare nil, which would be the JSON value null.
        let before = index < old.count ? old[index] : JSONValue?.none
        let after = index < new.count ? new[index] : JSONValue?.none
        compare(before, after, stream, "\(pointer)/\(index)", &changes)
      }
    } else {
      changes.append(
        StateChange(stream: stream, pointer: pointer, before: before, after: after)
      )
    }
  }

  private static func keys(_ old: JSONObject, _ new: JSONObject) -> [String] {
    old.keys + new.keys.filter { old[$0] == nil }
  }

  private static func escaped(_ key: String) -> String {
    var text = ""
    for sign in key.unicodeScalars {
      switch sign {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(sign)
      }
    }
    return text
  }
}

extension StateChange {
  package var json: JSONValue {
    var object: JSONObject = [
      "stream": stream.map { .string($0) } ?? .null, "pointer": .string(pointer),
    ]
    // A member that is absent is a value that is absent, which null is not.
    object["before"] = before
    object["after"] = after
    return .object(object)
  }
}
