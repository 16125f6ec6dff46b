package import JSON
package import Wire

/// What of a catalog is selected, stream by stream and property by property.
package struct SelectionView: Sendable {
  /// Why a property is loaded, or is not.
  package enum Choice: String, Sendable {
    case selected, excluded
    /// It comes whatever is selected: a key, or what the tap always sends.
    case automatic
    /// The tap cannot send it.
    case unsupported
  }

  package struct Stream: Sendable {
    package let name: String
    package let isSelected: Bool
    package let properties: [(name: String, choice: Choice)]
  }

  package let streams: [Stream]

  /// Reads a catalog that a selection was written into.
  package init(_ catalog: Catalog) {
    streams = catalog.streams.map { entry in
      let names = entry.schema["properties"]?.object?.keys ?? []
      return Stream(
        name: entry.tapStreamID,
        isSelected: entry.isSelected,
        properties: names.map { ($0, Self.choice($0, entry)) }
      )
    }
  }

  private static func choice(_ name: String, _ entry: Catalog.Entry) -> Choice {
    let inclusion = entry.metadata(["properties", name])?["inclusion"]?.string
    if inclusion == "unsupported" { return .unsupported }
    guard entry.isSelected else { return .excluded }
    let isKey = entry.keyProperties.contains(name) || entry.replicationKey == name
    if isKey || inclusion == "automatic" { return .automatic }
    return entry.isSelected(property: name) ? .selected : .excluded
  }

  package var json: JSONValue {
    .array(
      streams.map { stream in
        let properties = stream.properties.map { property in
          (key: property.name, value: JSONValue.string(property.choice.rawValue))
        }
        return [
          "stream": .string(stream.name), "selected": .bool(stream.isSelected),
          "properties": .object(JSONObject(properties)),
        ]
      }
    )
  }

  /// The streams with the properties that come; with `all` also what does not.
  package func text(all: Bool) -> String {
    let shown = streams.filter { all || $0.isSelected }
    guard !shown.isEmpty else { return "nothing is selected" }
    return shown.map { stream in
      let mark = stream.isSelected ? "[selected ]" : "[excluded ]"
      let properties = stream.properties.filter { property in
        stream.isSelected && (all || property.choice != .excluded)
      }
      let lines = properties.map { property in
        let word = property.choice.rawValue
        return "    [\(word)\(String(repeating: " ", count: 11 - word.count))] \(property.name)"
      }
      return ([mark + " " + stream.name] + lines).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
