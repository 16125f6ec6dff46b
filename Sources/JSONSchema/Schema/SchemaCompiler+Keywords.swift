import JSON

extension SchemaCompiler {
  private static let notEvaluated: Set<String> = [
    "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef",
  ]

  mutating func fill(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: String
  ) throws(JSONSchema.Problem) {
    if let reference = object["$ref"]?.string { node.reference = try follow(reference, place) }
    for member in object.members where Self.notEvaluated.contains(member.key) {
      skip(member.key, place, "not evaluated yet")
    }
    if let type = object["type"] { node.kinds = try kinds(type, place) }
    if let choices = object["enum"]?.array { node.choices = choices }
    if let only = object["const"] { node.choices = [only] }
    fillNumber(node, object)
    try fillText(node, object, place)
    try fillArray(node, object, place)
    try fillObject(node, object, place)
    node.allOf = try list(object, "allOf", place)
    node.anyOf = try list(object, "anyOf", place)
    node.oneOf = try list(object, "oneOf", place)
    node.not = try child(object, "not", place)
    node.condition = try child(object, "if", place)
    if node.condition != nil {
      node.then = try child(object, "then", place)
      node.otherwise = try child(object, "else", place)
    }
  }

  private func kinds(_ type: JSONValue, _ place: String) throws(JSONSchema.Problem) -> ValueKinds {
    var kinds: ValueKinds = []
    for name in type.array ?? [type] {
      // A schema in place of a type's name is draft 3.
      guard let text = name.string else { return .all }
      if text == "any" { return .all }
      guard let kind = ValueKinds(name: text) else {
        throw JSONSchema.Problem(
          place: Pointer.append(place, "type"),
          reason: "\"\(text)\" is no type of JSON Schema"
        )
      }
      kinds.insert(kind)
    }
    return kinds
  }

  private func fillNumber(_ node: SchemaNode, _ object: JSONObject) {
    var rules = NumberRules()
    rules.minimum = object["minimum"]?.number
    rules.maximum = object["maximum"]?.number
    // Draft 4 has booleans that modify the bound beside them; later drafts numbers.
    switch object["exclusiveMinimum"] {
    case .bool(true)?: swap(&rules.minimum, &rules.exclusiveMinimum)
    case .number(let bound)?: rules.exclusiveMinimum = bound
    default: break
    }
    switch object["exclusiveMaximum"] {
    case .bool(true)?: swap(&rules.maximum, &rules.exclusiveMaximum)
    case .number(let bound)?: rules.exclusiveMaximum = bound
    default: break
    }
    if let step = object["multipleOf"]?.number, !step.decimal.digits.isEmpty {
      rules.multipleOf = step
    }
    node.number = rules
  }

  private mutating func fillText(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: String
  ) throws(JSONSchema.Problem) {
    node.text.minLength = Self.count(object["minLength"])
    node.text.maxLength = Self.count(object["maxLength"])
    if let source = object["pattern"]?.string {
      node.text.pattern = try pattern(source, Pointer.append(place, "pattern"))
    }
    if options.checksFormats, let name = object["format"]?.string {
      node.text.format = Format(name: name, airbyteType: object["airbyte_type"]?.string)
    }
  }

  private func pattern(_ source: String, _ place: String) throws(JSONSchema.Problem) -> Pattern {
    do throws(Pattern.Problem) {
      return try Pattern(source)
    } catch {
      throw JSONSchema.Problem(place: place, reason: "the pattern \(source): \(error.reason)")
    }
  }

  private mutating func fillArray(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: String
  ) throws(JSONSchema.Problem) {
    node.minItems = Self.count(object["minItems"])
    node.maxItems = Self.count(object["maxItems"])
    node.uniqueItems = object["uniqueItems"]?.bool ?? false
    node.prefixItems = try list(object, "prefixItems", place)
    if case .array? = object["items"] {
      node.prefixItems = try list(object, "items", place)
      node.items = try child(object, "additionalItems", place)
    } else {
      node.items = try child(object, "items", place)
    }
    node.contains = try child(object, "contains", place)
    node.minContains = Self.count(object["minContains"]) ?? 1
    node.maxContains = Self.count(object["maxContains"])
  }

  private mutating func fillObject(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: String
  ) throws(JSONSchema.Problem) {
    node.minProperties = Self.count(object["minProperties"])
    node.maxProperties = Self.count(object["maxProperties"])
    if options.enforcesRequired {
      node.required = object["required"]?.array?.compactMap(\.string) ?? []
    }
    for (name, child) in try members(object, "properties", place) {
      node.propertyPlaces[name] = node.properties.count
      node.properties.append((name, child))
    }
    for (name, child) in try members(object, "patternProperties", place) {
      node.patternProperties.append((try pattern(name, place), child))
    }
    node.additionalProperties = try child(object, "additionalProperties", place)
    node.propertyNames = try child(object, "propertyNames", place)
    for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
      for member in object[keyword]?.object?.members ?? [] {
        if let names = member.value.array {
          node.dependentRequired.append((member.key, names.compactMap(\.string)))
        } else {
          let inner = Pointer.append(Pointer.append(place, keyword), member.key)
          node.dependentSchemas.append((member.key, try self.node(member.value, inner)))
        }
      }
    }
  }

  private mutating func child(
    _ object: JSONObject,
    _ key: String,
    _ place: String
  ) throws(JSONSchema.Problem) -> SchemaNode? {
    guard let value = object[key] else { return nil }
    return try node(value, Pointer.append(place, key))
  }

  private mutating func list(
    _ object: JSONObject,
    _ key: String,
    _ place: String
  ) throws(JSONSchema.Problem) -> [SchemaNode] {
    var nodes: [SchemaNode] = []
    for (index, element) in (object[key]?.array ?? []).enumerated() {
      nodes.append(try node(element, Pointer.append(Pointer.append(place, key), index)))
    }
    return nodes
  }

  private mutating func members(
    _ object: JSONObject,
    _ key: String,
    _ place: String
  ) throws(JSONSchema.Problem) -> [(String, SchemaNode)] {
    var nodes: [(String, SchemaNode)] = []
    for member in object[key]?.object?.members ?? [] {
      let inner = Pointer.append(Pointer.append(place, key), member.key)
      nodes.append((member.key, try node(member.value, inner)))
    }
    return nodes
  }

  private static func count(_ value: JSONValue?) -> Int? {
    value?.number?.int64.map { Int($0) }
  }
}
