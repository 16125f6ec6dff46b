import Contracts
import JSON

/// Writes into a SCHEMA the types that coerced values leave with.
struct SchemaCoercion {
  /// Whether values pass that could not be coerced, so that their type stays beside the new one.
  private let admitsMisfits: Bool

  /// The SCHEMA message as coercion leaves it.
  static func message(
    _ message: JSONValue,
    _ root: CoercionNode,
    admitsMisfits: Bool
  ) -> JSONValue {
    guard var object = message.object, let schema = object["schema"] else { return message }
    object["schema"] = SchemaCoercion(admitsMisfits: admitsMisfits).schema(schema, root)
    return .object(object)
  }

  private func schema(_ schema: JSONValue, _ node: CoercionNode) -> JSONValue {
    guard node.isActive, var object = schema.object else { return schema }
    for key in ["anyOf", "oneOf"] {
      guard let branches = object[key]?.array else { continue }
      object[key] = .array(branches.map { self.schema($0, node) })
    }
    if var properties = object["properties"]?.object {
      for child in node.children {
        properties[child.field] = properties[child.field].map { self.schema($0, child) }
      }
      object["properties"] = .object(properties)
    }
    if let item = node.items.first {
      let key = node.isMap ? "additionalProperties" : "items"
      object[key] = object[key].map { self.schema($0, item) }
    }
    return .object(retyped(object, node))
  }

  /// The schema of a value with the types that it has after its coercions.
  private func retyped(_ schema: JSONObject, _ node: CoercionNode) -> JSONObject {
    let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
    guard !node.coercions.isEmpty, types != [""] else { return schema }
    var result = types
    var schema = schema
    if let target = target(node), types.contains(where: { target.from.contains($0) }) {
      if !admitsMisfits { result.removeAll { target.from.contains($0) } }
      if !result.contains(target.type) { result.append(target.type) }
      for key in [
        "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
      ] { schema[key] = nil }
      if target.isTime, !admitsMisfits { schema["format"] = "date-time" }
    }
    if node.coercions.contains(.emptyToNull), !result.contains("null") {
      result.insert("null", at: 0)
    }
    guard result != types else { return schema }
    schema["type"] = result.count == 1 ? .string(result[0]) : .array(result.map { .string($0) })
    return schema
  }

  /// The type that coercions lead to, and those that they lead away from.
  private func target(_ node: CoercionNode) -> (type: String, from: [String], isTime: Bool)? {
    let kinds = node.coercions
    if !kinds.isDisjoint(with: .epoch) {
      let from = ["integer", "number"] + (kinds.contains(.number) ? ["string"] : [])
      return ("string", from, true)
    }
    switch node.type {
    case .number? where kinds.contains(.number): return ("number", ["string"], false)
    case .integer? where kinds.contains(.number): return ("integer", ["string"], false)
    case .boolean? where kinds.contains(.boolean):
      return ("boolean", ["string", "integer", "number"], false)
    default: return nil
    }
  }
}
