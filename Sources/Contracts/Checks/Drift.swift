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

  /// The top-level field that it is about.
  package var column: String { String(field.prefix { $0 != "." }) }

  /// How the properties of a SCHEMA differ from an object of a contract, nested ones included: a
  /// field below another is written `address.street`, in the elements of an array `lines.*.price`.
  package static func between(_ object: ContractObject, _ schema: JSONValue) -> [Drift] {
    between(object.properties, schema, "")
  }

  private static func between(
    _ known: [ContractProperty],
    _ schema: JSONValue,
    _ parent: String
  ) -> [Drift] {
    guard let properties = schema["properties"]?.object, !properties.isEmpty else { return [] }
    var found: [Drift] = []
    for (name, declared) in properties.members where !(parent.isEmpty && isMetadata(name)) {
      let path = parent + name
      guard let property = known.first(where: { $0.field == name }) else {
        found.append(Drift(.newColumn, path, "the contract has no field \(path)"))
        continue
      }
      found += below(property, declared, path)
    }
    for property in known where !property.isMeasure && properties[property.field] == nil {
      let path = parent + property.field
      found.append(Drift(.missingColumn, path, "the stream has no \(path)"))
    }
    return found
  }

  /// How a declared value, and what is within it, differs from its property.
  private static func below(
    _ property: ContractProperty,
    _ declared: JSONValue,
    _ path: String
  ) -> [Drift] {
    let types = types(declared)
    let allowed = allowed(property)
    if property.coercions == nil, !types.isEmpty, !allowed.isEmpty, types.isDisjoint(with: allowed)
    {
      let text = types.sorted().joined(separator: " or ")
      let message = "\(path) is declared \(text), in the contract \(property.type?.rawValue ?? "")"
      return [Drift(.otherType, path, message)]
    }
    switch property.type {
    case .object? where !property.properties.isEmpty:
      return between(property.properties, declared, path + ".")
    case .array?:
      guard let item = property.items.first, let items = declared["items"] else { return [] }
      return below(item, items, path + ".*")
    default: return []
    }
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
