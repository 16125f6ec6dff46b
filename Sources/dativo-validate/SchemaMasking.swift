import Contracts
import JSON
import JSONSchema

/// Writes into a SCHEMA what masked fields are: the types that leave, not those that came.
struct SchemaMasking {
  /// The whole schema, for references within it.
  private let document: JSONValue
  /// Whether values pass that are not of their type, and become null where they are masked.
  private let admitsMisfits: Bool

  /// The SCHEMA message as masking leaves it.
  static func message(_ message: JSONValue, _ root: MaskNode, admitsMisfits: Bool) -> JSONValue {
    guard var object = message.object, let schema = object["schema"] else { return message }
    let masking = SchemaMasking(document: schema, admitsMisfits: admitsMisfits)
    guard var result = masking.schema(schema, root, depth: 0).object else { return message }
    // What fields refer to may name values of masked ones, too.
    for key in ["definitions", "$defs"] {
      guard let definitions = result[key]?.object else { continue }
      result[key] = .object(JSONObject(definitions.members.map { ($0.key, bare($0.value)) }))
    }
    object["schema"] = .object(result)
    return .object(object)
  }

  /// The schema of what leaves of a node's value.
  private func schema(_ schema: JSONValue, _ node: MaskNode, depth: Int) -> JSONValue {
    guard node.hasMask, depth < 64, var object = resolved(schema) else { return schema }
    if node.action == .drop { return Self.bare(schema) }
    if let action = node.action { return masked(object, action, node) }
    for key in ["default", "examples", "const", "enum"] { object[key] = nil }
    for key in ["anyOf", "oneOf", "allOf"] {
      guard let branches = object[key]?.array else { continue }
      object[key] = .array(branches.map { self.schema($0, node, depth: depth + 1) })
    }
    if !node.children.isEmpty { members(&object, node, depth) }
    if let item = node.items.first { elements(&object, node, item, depth) }
    let types = Self.types(object)
    if admitsMisfits, !types.isEmpty, !types.contains("null"), !node.pointer.isEmpty {
      object["type"] = .array((["null"] + types).map { .string($0) })
    }
    return .object(object)
  }

  private func members(_ object: inout JSONObject, _ node: MaskNode, _ depth: Int) {
    guard var properties = object["properties"]?.object else { return }
    for child in node.children where child.hasMask {
      guard let declared = properties[child.field] else { continue }
      if child.action == .drop {
        properties[child.field] = nil
        if let required = object["required"]?.array {
          object["required"] = .array(required.filter { $0.string != child.field })
        }
      } else {
        properties[child.field] = schema(declared, child, depth: depth + 1)
      }
    }
    object["properties"] = .object(properties)
  }

  private func elements(
    _ object: inout JSONObject,
    _ node: MaskNode,
    _ item: MaskNode,
    _ depth: Int
  ) {
    let keys = node.isMap ? ["additionalProperties"] : ["items", "additionalItems"]
    for key in keys {
      switch object[key] {
      case .object?: object[key] = object[key].map { schema($0, item, depth: depth + 1) }
      case .array(let list)?: object[key] = .array(list.map { schema($0, item, depth: depth + 1) })
      default: break
      }
    }
    for key in node.isMap ? ["patternProperties", "properties"] : ["prefixItems"] {
      if let list = object[key]?.array {
        object[key] = .array(list.map { schema($0, item, depth: depth + 1) })
      } else if let members = object[key]?.object {
        object[key] = .object(
          JSONObject(members.map { ($0.key, schema($0.value, item, depth: depth + 1)) })
        )
      }
    }
  }

  /// The schema of a value that is masked as a whole: what describes the former one is left out.
  private func masked(
    _ object: JSONObject,
    _ action: MaskAction,
    _ node: MaskNode
  ) -> JSONValue {
    var result = JSONObject()
    for key in ["title", "description"] { result[key] = object[key] }
    let types = Self.types(object)
    if action.leavesText {
      let isFull = action.masks(node.type) && !admitsMisfits
      result["type"] =
        isFull && !types.isEmpty && !types.contains("null") ? "string" : ["null", "string"]
      return .object(result)
    }
    let kept = types.filter { $0 != "null" }
    result["type"] = .array((["null"] + (kept.isEmpty ? ["string"] : kept)).map { .string($0) })
    for key in ["format", "contentEncoding", "multipleOf", "properties", "items"] {
      result[key] = object[key]
    }
    return Self.bare(.object(result))
  }

  /// A schema without the values that it names.
  private static func bare(_ schema: JSONValue) -> JSONValue {
    if let list = schema.array { return .array(list.map(bare)) }
    guard var object = schema.object else { return schema }
    for key in ["default", "examples", "const", "enum"] { object[key] = nil }
    for (key, value) in object.members {
      let members = key == "properties" ? value.object : nil
      object[key] =
        members.map { .object(JSONObject($0.members.map { ($0.key, bare($0.value)) })) }
        ?? bare(value)
    }
    return .object(object)
  }

  /// The types that a schema names, those of its branches included.
  private static func types(_ object: JSONObject) -> [String] {
    var types = object["type"]?.array?.compactMap(\.string) ?? []
    if let type = object["type"]?.string { types.append(type) }
    for key in ["anyOf", "oneOf"] {
      for branch in object[key]?.array ?? [] {
        guard let inner = branch.object else { continue }
        for type in Self.types(inner) where !types.contains(type) { types.append(type) }
      }
    }
    return types
  }

  /// The schema with what its reference leads to in place of the reference.
  private func resolved(_ schema: JSONValue) -> JSONObject? {
    guard var object = schema.object else { return nil }
    for _ in 0..<16 {
      guard let reference = object["$ref"]?.string, reference.hasPrefix("#") else { break }
      var target: JSONValue? = document
      for step in Pointer.steps(String(reference.dropFirst())) { target = target?[step] }
      var merged = target?.object ?? JSONObject()
      for member in object.members where member.key != "$ref" {
        merged[member.key] = member.value
      }
      object = merged
    }
    return object
  }
}
