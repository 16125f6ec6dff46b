package import Columns
package import JSON

/// Why a SCHEMA cannot become columns.
package enum SchemaError: Error, Hashable, Sendable {
  /// The root is not an object with `properties`.
  case noProperties
  /// A `$ref` that is remote or leads nowhere.
  case reference(String)
}

/// From JSON Schema to columns.
package struct ColumnTypes {
  private let root: JSONValue
  private static let depthLimit = 100

  /// The columns of a SCHEMA message's `schema`, in the order of its properties.
  package static func schema(_ root: JSONValue) throws(SchemaError) -> Schema {
    let types = ColumnTypes(root: root)
    var open: [String] = []
    let resolved = try types.resolve(root, &open)
    guard let properties = resolved["properties"]?.object else { throw .noProperties }
    return Schema(try types.fields(properties, open, 0))
  }

  private func fields(
    _ properties: JSONObject,
    _ open: [String],
    _ depth: Int
  ) throws(SchemaError) -> [Field] {
    var fields: [Field] = []
    for (name, property) in properties.members {
      fields.append(try field(name, property, open, depth))
    }
    return fields
  }

  private func field(
    _ name: String,
    _ property: JSONValue,
    _ outer: [String],
    _ depth: Int
  ) throws(SchemaError) -> Field {
    var open = outer
    guard depth < Self.depthLimit else { return Field(name, .json) }
    let branches = try branches(of: property, &open)
    guard let branches else { return Field(name, .json) }
    if branches.count > 1 { return Field(name, union: branches) }
    guard let only = branches.first else { return Field(name, .json) }
    return try field(name, single: only, open, depth)
  }

  /// The schemas that a value may follow, null aside; nil where a `$ref` recurs.
  private func branches(
    of schema: JSONValue,
    _ open: inout [String]
  ) throws(SchemaError) -> [JSONValue]? {
    let before = open.count
    let schema = try resolve(schema, &open)
    if open.count > before, Set(open).count < open.count { return nil }
    guard let union = schema["anyOf"]?.array ?? schema["oneOf"]?.array else {
      return split(schema)
    }
    var all: [JSONValue] = []
    for branch in union {
      guard let found = try branches(of: branch, &open) else { return nil }
      all += found
    }
    return all
  }

  /// One schema for each of a schema's types, null left out.
  private func split(_ schema: JSONValue) -> [JSONValue] {
    guard let types = schema["type"]?.array else {
      return schema["type"]?.string == "null" ? [] : [schema]
    }
    return types.compactMap { type in
      guard type.string != "null", var object = schema.object else { return nil }
      object["type"] = type
      return .object(object)
    }
  }

  /// Follows `$ref`, noting each in `open`; a repeated one is noted twice and not followed.
  private func resolve(
    _ schema: JSONValue,
    _ open: inout [String]
  ) throws(SchemaError) -> JSONValue {
    guard let reference = schema["$ref"]?.string else { return schema }
    let recurs = open.contains(reference)
    open.append(reference)
    if recurs { return schema }
    guard reference.hasPrefix("#") else { throw .reference(reference) }
    var place = root
    for part in reference.dropFirst().split(separator: "/") {
      guard let next = place[Self.unescaped(part)] else { throw .reference(reference) }
      place = next
    }
    return try resolve(place, &open)
  }

  /// A JSON Pointer part with `~1` and `~0` undone.
  private static func unescaped(_ part: Substring) -> String {
    part.split(separator: "~1", omittingEmptySubsequences: false).map { piece in
      piece.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
    }.joined(separator: "/")
  }

  private func field(
    _ name: String,
    single schema: JSONValue,
    _ open: [String],
    _ depth: Int
  ) throws(SchemaError) -> Field {
    switch schema["type"]?.string {
    case "object":
      if let properties = schema["properties"]?.object, !properties.isEmpty {
        return Field(name, .structure(try fields(properties, open, depth + 1)))
      }
      // Any keys, all of whose values are alike; one that says nothing of them is anything.
      guard let others = schema["additionalProperties"]?.object, !others.isEmpty,
        schema["patternProperties"] == nil
      else { break }
      return Field(name, .map(try field("value", .object(others), open, depth + 1)))
    case "array":
      guard let items = schema["items"]?.object, !items.isEmpty else { break }
      return Field(name, .list(try field("element", .object(items), open, depth + 1)))
    default: return Field(name, scalar: schema)
    }
    return Field(name, .json)
  }
}
