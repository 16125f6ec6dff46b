internal import JSON
internal import JSONSchema

/// Reads JSON Schemas, those of Singer streams among them, as properties of a contract.
struct SchemaImport {
  var losses: [String] = []
  /// The document that local references lead into.
  private var root = JSONValue.null
  /// The references that are being followed.
  private var trail: [String] = []
  /// How many have been followed: each that leads to two more doubles what is written.
  private var followed = 0
  private static let followLimit = 10_000

  mutating func object(_ name: String, _ schema: JSONValue, keys: [String]) -> JSONValue {
    root = schema
    trail = []
    var object: JSONObject = ["name": .string(name), "logicalType": "object"]
    object["properties"] = .array(properties(schema, name, keys: keys))
    if let text = schema["description"]?.string { object["description"] = .string(text) }
    noteLosses(schema, name)
    return .object(object)
  }

  /// Keywords that a contract has nothing for, wherever they stand.
  private mutating func noteLosses(_ schema: JSONValue, _ place: String) {
    for key in Self.lost where schema[key] != nil { losses.append("\(place): \(key)") }
    switch schema["additionalProperties"] {
    case .bool(false)?:
      losses.append(
        "\(place): additionalProperties false (unknown_fields: refuse of dativo-validate does it)"
      )
    case .object?: losses.append("\(place): additionalProperties")
    default: break
    }
  }

  private static let lost = [
    "allOf", "anyOf", "oneOf", "not", "if", "$ref", "patternProperties", "contains", "prefixItems",
    "dependencies", "dependentRequired", "dependentSchemas", "propertyNames",
    "unevaluatedProperties", "unevaluatedItems", "contentEncoding", "contentMediaType", "default",
    "const", "readOnly", "writeOnly",
  ]

  private mutating func properties(
    _ schema: JSONValue,
    _ place: String,
    keys: [String] = []
  ) -> [JSONValue] {
    let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
    return (schema["properties"]?.object?.members ?? []).map { name, inner in
      var property: JSONObject = ["name": .string(name)]
      let (described, isNullable) = described(inner, "\(place).\(name)")
      for (key, value) in described.members { property[key] = value }
      // Draft 3 has it at the property itself.
      let isListed = required.contains(name) || inner["required"]?.bool == true
      if isListed, !isNullable { property["required"] = true }
      let isRequired = isListed || keys.contains(name)
      if !isRequired, !isNullable, inner["type"] != nil {
        losses.append("\(place).\(name): that it may be absent and not null; null passes, too")
      } else if isListed, isNullable {
        losses.append("\(place).\(name): that it must be there, be it null; it may be absent")
      }
      if let position = keys.firstIndex(of: name) {
        property["primaryKey"] = true
        property["primaryKeyPosition"] = .number(JSONNumber(position + 1))
      }
      return .object(property)
    }
  }

  /// The type of a schema and what it asks of values; whether null is one of them.
  private mutating func described(_ schema: JSONValue, _ place: String) -> (JSONObject, Bool) {
    guard let text = schema["$ref"]?.string, text.hasPrefix("#") else {
      return direct(schema, place)
    }
    guard let target = SchemaReference.value(at: text, in: root) else {
      losses.append("\(place): $ref \(text), which leads nowhere")
      return (JSONObject(), true)
    }
    guard !trail.contains(text) else {
      losses.append("\(place): $ref \(text), which contains itself: only its type")
      var bare = JSONObject()
      bare["type"] = target["type"]
      return direct(.object(bare), place)
    }
    guard followed < Self.followLimit else {
      losses.append("\(place): $ref \(text), after \(followed) others")
      return (JSONObject(), true)
    }
    followed += 1
    trail.append(text)
    defer { trail.removeLast() }
    return described(SchemaReference.merged(target, schema), place)
  }

  /// As `described`, of a schema that is no reference.
  private mutating func direct(_ schema: JSONValue, _ place: String) -> (JSONObject, Bool) {
    var schema = schema
    var isNullable = false
    // A choice between null and one other schema is that schema, nullable.
    for key in ["anyOf", "oneOf"] {
      let choices = schema[key]?.array ?? []
      let others = choices.filter { $0["type"]?.string != "null" }
      guard others.count == 1, others.count < choices.count, let other = others.first else {
        continue
      }
      isNullable = true
      schema = other
    }
    let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
    let real = types.filter { $0 != "null" }
    isNullable = isNullable || real.count < types.count
    var property = type(Set(real), schema, place)
    if isNullable, schema["$ref"] != nil {
      // A choice between null and a reference.
      let (inner, _) = described(schema, place)
      return (inner, true)
    }
    if let values = schema["enum"]?.array { property["quality"] = ContractImport.oneOf(values) }
    if let text = schema["description"]?.string { property["description"] = .string(text) }
    if let label = schema["x-odcs-classification"] { property["classification"] = label }
    if let values = schema["examples"]?.array, !values.isEmpty {
      property["examples"] = .array(values)
    }
    noteLosses(schema, place)
    return (property, isNullable)
  }

  private mutating func type(
    _ types: Set<String>,
    _ schema: JSONValue,
    _ place: String
  ) -> JSONObject {
    if types == ["integer"] { return ContractImport.typed("integer", numbers(schema)) }
    if types == ["number"] || types == ["integer", "number"] {
      return ContractImport.typed("number", numbers(schema))
    }
    if types == ["boolean"] { return ContractImport.typed("boolean") }
    if types == ["string"] { return text(schema, place) }
    if types == ["array"] {
      var property = ContractImport.typed(
        "array",
        options(schema, ["minItems", "maxItems", "uniqueItems"])
      )
      if let items = schema["items"], items.object?.isEmpty == false {
        let (described, isNullable) = described(items, "\(place)[]")
        var item = described
        // An element of an array is there, so that required only forbids null.
        if !isNullable, items["type"] != nil { item["required"] = true }
        property["items"] = .object(item)
      }
      return property
    }
    if types == ["object"] || schema["properties"] != nil {
      var property = ContractImport.typed(
        "object",
        options(schema, ["minProperties", "maxProperties"])
      )
      let inner = properties(schema, place)
      if !inner.isEmpty { property["properties"] = .array(inner) }
      return property
    }
    let isUntyped = types.isEmpty || types == [""]
    if !isUntyped {
      losses.append("\(place): the choice of \(types.sorted().joined(separator: ", "))")
    }
    // What is asked of values of one type has no place where any type is fine.
    for key in Self.conditions where schema[key] != nil {
      let reason = isUntyped ? "without a type" : "of one type among several"
      losses.append("\(place): \(key) \(reason)")
    }
    return JSONObject()
  }

  private static let conditions = [
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "items",
    "minProperties", "maxProperties",
  ]

  private mutating func text(_ schema: JSONValue, _ place: String) -> JSONObject {
    switch schema["pattern"]?.string {
    case ContractProperty.localTimestamp?:
      return ContractImport.typed("timestamp", ["timezone": false])
    case ContractProperty.localTime?: return ContractImport.typed("time", ["timezone": false])
    default: break
    }
    switch schema["format"]?.string {
    case "date"?: return ContractImport.typed("date", ["format": "yyyy-MM-dd"])
    case "date-time"?: return ContractImport.typed("timestamp")
    case "time"?: return ContractImport.typed("time")
    case "singer.decimal"?, "x-singer.decimal"?: return ContractImport.typed("string")
    default:
      var found = options(schema, ["minLength", "maxLength", "pattern", "format"])
      if let pattern = found["pattern"]?.string {
        do throws(Pattern.Problem) {
          _ = try Pattern(pattern)
        } catch {
          let reason = "which is none of ECMA 262: \(error.reason)"
          losses.append("\(place): the pattern \(pattern), \(reason)")
          found["pattern"] = nil
        }
      }
      return ContractImport.typed("string", found)
    }
  }

  private func numbers(_ schema: JSONValue) -> JSONObject {
    var found = options(
      schema,
      ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
    )
    // Draft 4 has booleans that modify the bound beside them.
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
      guard let isExclusive = found[exclusive]?.bool else { continue }
      found[exclusive] = isExclusive ? found[bound] : nil
      if isExclusive { found[bound] = nil }
    }
    return found
  }

  private func options(_ schema: JSONValue, _ keys: [String]) -> JSONObject {
    var found = JSONObject()
    for key in keys { if let value = schema[key], !value.isNull { found[key] = value } }
    return found
  }
}
