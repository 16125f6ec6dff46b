import JSON

extension SchemaCompiler {
  mutating func fill(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: SchemaPlace
  ) throws(JSONSchema.Problem) {
    let dialect = node.resource.dialect
    noteMisuse(object, node.place)
    if let text = object["$ref"]?.string {
      node.reference = try follow("$ref", text, from: node)
      if dialect.ignoresSiblings { return }
    }
    if dialect.has(since: .draft201909, until: .draft201909),
      let text = object["$recursiveRef"]?.string
    {
      node.dynamicReference = try dynamic("$recursiveRef", text, from: node)
    }
    if dialect.has(since: .draft202012), let text = object["$dynamicRef"]?.string {
      node.dynamicReference = try dynamic("$dynamicRef", text, from: node)
    }
    if dialect.validates { try fillAssertions(node, object, dialect) }
    if dialect.checksFormats, let name = object["format"]?.string {
      node.text.format = Format(name: name, airbyteType: object["airbyte_type"]?.string)
    }
    try fillArray(node, object, place, dialect)
    try fillObject(node, object, place, dialect)
    node.allOf = try list(object, "allOf", place)
    node.anyOf = try list(object, "anyOf", place)
    node.oneOf = try list(object, "oneOf", place)
    let wasDeciding = isDeciding
    isDeciding = true
    node.not = try child(object, "not", place)
    if dialect.has(since: .draft7) { node.condition = try child(object, "if", place) }
    isDeciding = wasDeciding
    if node.condition != nil {
      node.then = try child(object, "then", place)
      node.otherwise = try child(object, "else", place)
    }
  }

  /// The keywords that judge a value by itself.
  private mutating func fillAssertions(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ dialect: Dialect
  ) throws(JSONSchema.Problem) {
    if let type = object["type"] { node.kinds = try kinds(type, node.place) }
    if let choices = object["enum"]?.array { node.choices = choices }
    if dialect.has(since: .draft6), let only = object["const"] { node.choices = [only] }
    fillNumber(node, object, dialect)
    node.text.minLength = Self.count(object["minLength"])
    node.text.maxLength = Self.count(object["maxLength"])
    if let source = object["pattern"]?.string {
      node.text.pattern = try pattern(source, Pointer.append(node.place, "pattern"))
    }
    node.minItems = Self.count(object["minItems"])
    node.maxItems = Self.count(object["maxItems"])
    node.uniqueItems = object["uniqueItems"]?.bool ?? false
    node.minProperties = Self.count(object["minProperties"])
    node.maxProperties = Self.count(object["maxProperties"])
    let required = object["required"]?.array?.compactMap(\.string) ?? []
    if options.enforcesRequired || isDeciding {
      node.required = required
    } else if !required.isEmpty {
      let reason = "taps leave out fields that their SCHEMA requires: what counts is a contract"
      skip("required", node.place, reason)
    }
    if dialect.has(since: .draft201909) {
      for member in object["dependentRequired"]?.object?.members ?? [] {
        node.dependentRequired.append((member.key, member.value.array?.compactMap(\.string) ?? []))
      }
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

  private func fillNumber(_ node: SchemaNode, _ object: JSONObject, _ dialect: Dialect) {
    var rules = NumberRules()
    rules.minimum = object["minimum"]?.number
    rules.maximum = object["maximum"]?.number
    // Draft 4 has booleans that modify the bound beside them; later drafts numbers.
    switch object["exclusiveMinimum"] {
    case .bool(true)? where dialect.has(since: .draft4, until: .draft4):
      swap(&rules.minimum, &rules.exclusiveMinimum)
    case .number(let bound)? where dialect.has(since: .draft6): rules.exclusiveMinimum = bound
    default: break
    }
    switch object["exclusiveMaximum"] {
    case .bool(true)? where dialect.has(since: .draft4, until: .draft4):
      swap(&rules.maximum, &rules.exclusiveMaximum)
    case .number(let bound)? where dialect.has(since: .draft6): rules.exclusiveMaximum = bound
    default: break
    }
    if let step = object["multipleOf"]?.number, !step.decimal.digits.isEmpty {
      rules.multipleOf = step
    }
    node.number = rules
  }

  private mutating func pattern(
    _ source: String,
    _ place: String
  ) throws(JSONSchema.Problem) -> Pattern {
    do throws(Pattern.Problem) {
      let pattern = try Pattern(source)
      patterns.append((place, pattern))
      return pattern
    } catch {
      throw JSONSchema.Problem(place: place, reason: "the pattern \(source): \(error.reason)")
    }
  }

  private mutating func fillArray(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: SchemaPlace,
    _ dialect: Dialect
  ) throws(JSONSchema.Problem) {
    if dialect.has(since: .draft202012) {
      node.prefixItems = try list(object, "prefixItems", place)
    }
    if case .array? = object["items"], dialect.has(since: .draft4, until: .draft201909) {
      node.prefixItems = try list(object, "items", place)
      node.items = try child(object, "additionalItems", place)
    } else {
      node.items = try child(object, "items", place)
    }
    if dialect.has(since: .draft6) {
      node.contains = try child(object, "contains", place)
      node.containsEvaluates = dialect.has(since: .draft202012)
    }
    if dialect.has(since: .draft201909) {
      node.minContains = Self.count(object["minContains"]) ?? 1
      node.maxContains = Self.count(object["maxContains"])
      node.unevaluatedItems = try child(object, "unevaluatedItems", place)
    }
  }

  private mutating func fillObject(
    _ node: SchemaNode,
    _ object: JSONObject,
    _ place: SchemaPlace,
    _ dialect: Dialect
  ) throws(JSONSchema.Problem) {
    for (name, child) in try members(object, "properties", place) {
      node.propertyPlaces[ExactText(name)] = node.properties.count
      node.properties.append((name, child))
    }
    for (name, child) in try members(object, "patternProperties", place) {
      node.patternProperties.append((try pattern(name, node.place), child))
    }
    node.additionalProperties = try child(object, "additionalProperties", place)
    if dialect.has(since: .draft6) {
      node.propertyNames = try child(object, "propertyNames", place)
    }
    if dialect.has(since: .draft201909) {
      node.dependentSchemas = try members(object, "dependentSchemas", place)
      node.unevaluatedProperties = try child(object, "unevaluatedProperties", place)
    }
    // Gone since 2019, but still written.
    for member in object["dependencies"]?.object?.members ?? [] {
      if let names = member.value.array {
        node.dependentRequired.append((member.key, names.compactMap(\.string)))
      } else {
        let place = place.appending("dependencies").appending(member.key)
        node.dependentSchemas.append((member.key, try self.node(member.value, place)))
      }
    }
  }

  private mutating func child(
    _ object: JSONObject,
    _ key: String,
    _ place: SchemaPlace
  ) throws(JSONSchema.Problem) -> SchemaNode? {
    guard let value = object[key] else { return nil }
    return try node(value, place.appending(key))
  }

  private mutating func list(
    _ object: JSONObject,
    _ key: String,
    _ place: SchemaPlace
  ) throws(JSONSchema.Problem) -> [SchemaNode] {
    var nodes: [SchemaNode] = []
    for (index, element) in (object[key]?.array ?? []).enumerated() {
      nodes.append(try node(element, place.appending(key).appending(String(index))))
    }
    return nodes
  }

  private mutating func members(
    _ object: JSONObject,
    _ key: String,
    _ place: SchemaPlace
  ) throws(JSONSchema.Problem) -> [(name: String, node: SchemaNode)] {
    var nodes: [(name: String, node: SchemaNode)] = []
    for member in object[key]?.object?.members ?? [] {
      nodes.append((member.key, try node(member.value, place.appending(key).appending(member.key))))
    }
    return nodes
  }

  private static func count(_ value: JSONValue?) -> Int? {
    value?.number?.int64.map { Int($0) }
  }
}
