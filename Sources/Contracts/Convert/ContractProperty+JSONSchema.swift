package import JSON
internal import JSONSchema

extension ContractObject {
  /// The object as a JSON Schema without `$schema`: what records of it must look like.
  ///
  /// `losses` gets what such a schema cannot say.
  /// Of a stream (`isStream`) times without offset keep the format date-time, by which targets know
  /// their columns.
  package func jsonSchema(_ losses: inout [String], isStream: Bool = false) -> JSONObject {
    var schema: JSONObject = ["type": "object"]
    if let text = document["description"]?.string { schema["description"] = .string(text) }
    schema.describe(properties, name, isStream, &losses)
    for rule in rules { losses.append("\(name): the rule \(rule.summary)") }
    return schema
  }
}

extension JSONObject {
  /// Adds `properties` and `required`.
  fileprivate mutating func describe(
    _ properties: [ContractProperty],
    _ owner: String,
    _ isStream: Bool,
    _ losses: inout [String]
  ) {
    var members = JSONObject()
    var required: [JSONValue] = []
    for property in properties where !property.isMeasure {
      let place = "\(owner).\(property.name)"
      members[property.field] = .object(property.jsonSchema(place, isStream, &losses))
      if property.isRequired || property.keyPosition != nil {
        required.append(.string(property.field))
      }
    }
    self["properties"] = .object(members)
    if !required.isEmpty { self["required"] = .array(required) }
  }
}

extension ContractProperty {
  fileprivate func jsonSchema(
    _ place: String,
    _ isStream: Bool,
    _ losses: inout [String]
  ) -> JSONObject {
    var schema = JSONObject()
    switch type {
    case .string?:
      schema["type"] = "string"
      schema["format"] = format.map { .string($0) }
    case .date?, .timestamp?, .time?: schema = temporalSchema(place, isStream, &losses)
    case .integer?: schema["type"] = "integer"
    case .number?: schema["type"] = "number"
    case .boolean?: schema["type"] = "boolean"
    case .object?:
      schema["type"] = "object"
      if !properties.isEmpty { schema.describe(properties, place, isStream, &losses) }
      if !requiredMembers.isEmpty {
        let names = schema["required"]?.array ?? []
        let more = requiredMembers.map { JSONValue.string($0) }.filter { !names.contains($0) }
        schema["required"] = .array(names + more)
      }
    case .array?, .vector?:
      schema["type"] = "array"
      if let item = items.first {
        schema["items"] = .object(item.jsonSchema("\(place)[]", isStream, &losses))
      }
    case .map?:
      schema["type"] = "object"
      if let value = items.first {
        schema["additionalProperties"] = .object(value.jsonSchema("\(place){}", isStream, &losses))
      }
      if let key = mapKeys.first {
        schema["propertyNames"] = .object(key.jsonSchema("\(place){key}", isStream, &losses))
      }
    case nil: break
    }
    addBounds(&schema)
    addRules(&schema, place, &losses)
    if !isRequired, keyPosition == nil { schema.allowNull() }
    if let text = document["description"]?.string { schema["description"] = .string(text) }
    if let values = document["examples"]?.array, !values.isEmpty {
      schema["examples"] = .array(values)
    }
    if let classification { schema["x-odcs-classification"] = .string(classification) }
    if !tags.isEmpty { schema["x-odcs-tags"] = .array(tags.map { .string($0) }) }
    return schema
  }

  private func temporalSchema(
    _ place: String,
    _ isStream: Bool,
    _ losses: inout [String]
  ) -> JSONObject {
    guard let temporal else { return ["type": "string"] }
    let isDay = temporal.isDay
    if temporal.minimum != nil || temporal.maximum != nil { losses.append("\(place): date bounds") }
    switch temporal.form {
    case _ where isDay: return ["type": "string", "format": "date"]
    case .isoDate:
      losses.append("\(place): dates without a time, which format date-time refuses")
      return ["type": "string", "format": "date-time"]
    case .isoTimestamp where isLocal && !isStream:
      losses.append("\(place): format date-time refuses times without offset: a pattern has them")
      return ["type": "string", "pattern": .string(Self.localTimestamp)]
    case .isoTime where isLocal && !isStream:
      losses.append("\(place): format time refuses times without offset: a pattern has them")
      return ["type": "string", "pattern": .string(Self.localTime)]
    case .isoTimestamp where hasOffsets:
      return ["type": "string", "format": "date-time"]
    case .isoTime where hasOffsets:
      return ["type": "string", "format": "time"]
    case .isoTimestamp:
      losses.append("\(place): timestamps without an offset, which format date-time refuses")
      return ["type": "string", "format": "date-time"]
    case .isoTime:
      losses.append("\(place): times without an offset, which format time refuses")
      return ["type": "string", "format": "time"]
    case .pattern, .unread:
      losses.append("\(place): \(temporal.expectation)")
      return ["type": "string"]
    }
  }

  /// What tells times of a place, and by which they are known again.
  static let localTimestamp = #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$"#
  static let localTime = #"^\d\d:\d\d:\d\d(\.\d+)?$"#

  private func addBounds(_ schema: inout JSONObject) {
    func set(_ key: String, _ number: JSONNumber?) {
      if let number { schema[key] = .number(number) }
    }
    func set(_ key: String, _ count: Int?) { set(key, count.map { JSONNumber($0) }) }
    set("minimum", number.minimum ?? number.width?.lowest)
    set("maximum", number.maximum ?? number.width?.highest)
    set("exclusiveMinimum", number.exclusiveMinimum)
    set("exclusiveMaximum", number.exclusiveMaximum)
    set("multipleOf", number.multipleOf)
    set("minLength", minLength)
    set("maxLength", maxLength)
    set("minItems", minItems)
    set("maxItems", maxItems)
    set("minProperties", minProperties)
    set("maxProperties", maxProperties)
    if let pattern { schema["pattern"] = .string(pattern) }
    if uniqueItems { schema["uniqueItems"] = true }
    if let choices { schema["enum"] = .array(choices) }
  }

  /// A rule that no value may break is a keyword; others count, which a schema cannot.
  private func addRules(_ schema: inout JSONObject, _ place: String, _ losses: inout [String]) {
    if isUnique { losses.append("\(place): unique") }
    if let size = physicalType, size.contains("(") || size.contains("[") {
      losses.append("\(place): the size of physicalType \(size)")
    }
    for rule in rules {
      switch rule.metric {
      case .nullValues where rule.demandsNone && isRequired: break
      case .invalidValues(let valid, let rulePattern) where rule.demandsNone && !rule.isWarning:
        if let valid { schema["enum"] = .array(valid) }
        if let rulePattern, pattern == nil {
          schema["pattern"] = .string(rulePattern)
        } else if rulePattern != nil {
          losses.append("\(place): the rule \(rule.summary)")
        }
      default: losses.append("\(place): the rule \(rule.summary)")
      }
    }
  }
}

extension JSONObject {
  /// Lets a schema take null besides.
  fileprivate mutating func allowNull() {
    if let type = self["type"]?.string { self["type"] = ["null", .string(type)] }
    if let choices = self["enum"]?.array, !choices.contains(.null) {
      self["enum"] = .array(choices + [.null])
    }
  }
}
