package import JSON

/// One way in which a stream is not as its contract has it.
package struct Drift: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case newTable = "new_table"
    case newColumn = "new_column"
    case missingColumn = "missing_column"
    case otherType = "other_type"
  }

  package let kind: Kind
  /// The field; empty for a table.
  package let field: String
  /// The difference, in words.
  package let message: String

  package init(_ kind: Kind, _ field: String, _ message: String) {
    self.kind = kind
    self.field = field
    self.message = message
  }

  /// How the properties of a SCHEMA differ from an object of a contract.
  package static func between(_ object: ContractObject, _ schema: JSONValue) -> [Drift] {
    guard let properties = schema["properties"]?.object, !properties.isEmpty else { return [] }
    var found: [Drift] = []
    let known = object.properties.filter { !$0.isMeasure }
    for (name, declared) in properties.members where !isMetadata(name) {
      guard let property = object.properties.first(where: { $0.field == name }) else {
        found.append(Drift(.newColumn, name, "the contract has no field \(name)"))
        continue
      }
      let types = types(declared)
      let allowed = allowed(property)
      if property.coercions == nil, !types.isEmpty, !allowed.isEmpty,
        types.isDisjoint(with: allowed)
      {
        let text = types.sorted().joined(separator: " or ")
        let message =
          "\(name) is declared \(text), in the contract \(property.type?.rawValue ?? "")"
        found.append(Drift(.otherType, name, message))
      }
    }
    for property in known where properties[property.field] == nil {
      found.append(Drift(.missingColumn, property.field, "the stream has no \(property.field)"))
    }
    return found
  }

  /// Whether a field is the metadata of taps, which is everybody's.
  package static func isMetadata(_ name: String) -> Bool {
    name.hasPrefix("_sdc_") || name.hasPrefix("_ab_") || name.hasPrefix("_airbyte_")
  }

  private static func types(_ schema: JSONValue) -> Set<String> {
    var types = Set(schema["type"]?.array?.compactMap(\.string) ?? [])
    if let type = schema["type"]?.string { types.insert(type) }
    for choice in (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? []) {
      types.formUnion(Self.types(choice))
    }
    types.remove("null")
    return types
  }

  private static func allowed(_ property: ContractProperty) -> Set<String> {
    switch property.type {
    case .string?, .date?, .timestamp?, .time?: ["string"]
    case .integer?, .number?: ["integer", "number"]
    case .boolean?: ["boolean"]
    case .object?, .map?: ["object"]
    case .array?, .vector?: ["array"]
    case nil: []
    }
  }
}
