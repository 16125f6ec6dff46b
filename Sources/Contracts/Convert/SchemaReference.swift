internal import JSON
internal import JSONSchema

/// References from one place of a JSON Schema to another.
enum SchemaReference {
  /// What `#`, `#/definitions/address` or `#name` leads to; nil where nothing stands there.
  static func value(at text: String, in root: JSONValue) -> JSONValue? {
    let fragment = URIReference(text).decodedFragment
    guard !fragment.isEmpty else { return root }
    guard fragment.hasPrefix("/") else { return named(fragment, in: root) }
    var value = root
    for step in Pointer.steps(fragment) {
      let next = value.array.flatMap { list in
        Int(step).flatMap { list.indices.contains($0) ? list[$0] : nil }
      }
      guard let found = next ?? value[step] else { return nil }
      value = found
    }
    return value
  }

  /// The schema among the definitions that gives itself the name.
  private static func named(_ name: String, in root: JSONValue) -> JSONValue? {
    for key in ["$defs", "definitions"] {
      for (_, schema) in root[key]?.object?.members ?? []
      where schema["$anchor"]?.string == name || schema["$id"]?.string == "#\(name)" {
        return schema
      }
    }
    return nil
  }

  /// What a reference leads to, with what stands beside the reference.
  static func merged(_ target: JSONValue, _ schema: JSONValue) -> JSONValue {
    guard var merged = target.object, let beside = schema.object else { return target }
    for (key, value) in beside.members where key != "$ref" { merged[key] = value }
    return .object(merged)
  }
}
