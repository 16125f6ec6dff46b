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
    schema["x-dativo"] = Governance.facts(entry)
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
}
