import Contracts
import JSON
import JSONSchema

/// Writes into a SCHEMA what the contract knows better: exact types, and who answers for the data.
///
/// A type is narrowed only where every record that passes fits it, so that no later stage refuses
/// what this one has let through.
enum Narrowing {
  /// The SCHEMA message with the contract's facts.
  static func message(
    _ message: JSONValue,
    _ entry: ContractSet.Entry,
    narrowsTypes: Bool
  ) -> JSONValue {
    guard var object = message.object, var schema = object["schema"]?.object else { return message }
    if narrowsTypes, var properties = schema["properties"]?.object {
      for property in entry.object.properties {
        guard let declared = properties[property.field]?.object else { continue }
        properties[property.field] = .object(narrow(declared, property))
      }
      schema["properties"] = .object(properties)
    }
    schema["x-dativo"] = governance(entry)
    object["schema"] = .object(schema)
    return .object(object)
  }

  private static func narrow(_ schema: JSONObject, _ property: ContractProperty) -> JSONObject {
    var schema = schema
    if schema.isEmpty, let type = plainType(property.type) {
      schema["type"] = ["null", .string(type)]
    }
    let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
    let only = types.filter { $0 != "null" }
    guard only.count == 1, schema["format"] == nil, schema["contentEncoding"] == nil else {
      return schema
    }
    switch (property.type, only[0]) {
    case (.date?, "string"):
      if property.temporal?.isDay == true { schema["format"] = "date" }
    case (.number?, "number"), (.number?, "integer"):
      if let step = property.number.multipleOf, schema["multipleOf"] == nil, only[0] == "number" {
        schema["multipleOf"] = .number(step)
        if schema["maximum"] == nil, let maximum = property.number.maximum {
          schema["maximum"] = .number(maximum)
          // The digits of the whole part come from the larger of the two bounds.
          let lowest = property.number.minimum ?? property.number.exclusiveMinimum
          if lowest.map({ $0.decimal.isNegative }) ?? true { schema["maximum"] = nil }
        }
      }
    case (.integer?, "number"):
      schema["type"] = types == ["number"] ? "integer" : ["null", "integer"]
    default: break
    }
    return schema
  }

  private static func plainType(_ type: LogicalType?) -> String? {
    switch type {
    case .string?, .date?, .timestamp?, .time?: "string"
    case .integer?: "integer"
    case .number?: "number"
    case .boolean?: "boolean"
    case .object?, .array?, .map?, .vector?, nil: nil
    }
  }

  /// Whose data it is, by which contract: what the target keeps in the footer.
  private static func governance(_ entry: ContractSet.Entry) -> JSONValue {
    var facts = JSONObject()
    facts["odcs.id"] = .string(entry.contract.id)
    facts["odcs.version"] = .string(entry.contract.version)
    facts["odcs.apiVersion"] = .string(entry.contract.apiVersion.rawValue)
    facts["odcs.sha256"] = .string(entry.contract.sha256)
    facts["odcs.object"] = .string(entry.object.name)
    if let owner = entry.contract.owner { facts["owner"] = .string(owner) }
    if let tenant = entry.contract.tenant { facts["tenant"] = .string(tenant) }
    var fields = JSONObject()
    for property in entry.object.properties {
      var field = JSONObject()
      if let label = property.classification { field["classification"] = .string(label) }
      if !property.tags.isEmpty { field["tags"] = .array(property.tags.map { .string($0) }) }
      if property.isCritical { field["cde"] = true }
      let mask = entry.mask?.children.first { $0.field == property.field }
      if let action = mask?.action { field["masking"] = .string(action.name) }
      if !field.isEmpty { fields[property.field] = .object(field) }
    }
    for node in entry.mask?.children.flatMap({ $0.all.dropFirst() }) ?? [] {
      guard let action = node.action ?? node.keyAction else { continue }
      let name = Pointer.steps(node.pointer).joined(separator: ".")
      fields[name] = ["masking": .string(action.name)]
    }
    if !fields.isEmpty { facts["fields"] = .object(fields) }
    return .object(facts)
  }
}
