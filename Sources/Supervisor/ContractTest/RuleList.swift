internal import Contracts
internal import JSON
internal import JSONSchema

/// The rules of an object that are judged value by value, with the names and places by which the
/// engine reports what breaks them.
struct RuleList {
  private(set) var rules: [(rule: String, pointer: String)] = []
  private let object: ContractObject

  init(_ object: ContractObject) {
    self.object = object
    let columns = object.withEncryption.properties.filter { !$0.isMeasure }
    let keys = columns.filter { $0.keyPosition != nil }
    if keys.count > 1 { add("primaryKey", "") }
    for rule in object.rules where rule.demandsNone { addRule(rule, "") }
    for column in columns {
      let pointer = Pointer.append("", column.field)
      add(column, pointer)
      if column.keyPosition != nil, keys.count == 1 || !column.isRequired {
        add("primaryKey", pointer)
      }
      if column.isUnique, keys.count != 1 || column.keyPosition == nil { add("unique", pointer) }
      for rule in column.rules where rule.demandsNone { addRule(rule, pointer) }
    }
  }

  /// The place of `pointer` in the contract: elements and members of maps are `*`.
  func place(_ pointer: String) -> String {
    var level = object.properties
    var item: ContractProperty?
    var result = ""
    for step in Pointer.steps(pointer) {
      let property: ContractProperty?
      if let element = item {
        result = Pointer.append(result, "*")
        property = element
      } else {
        result = Pointer.append(result, step)
        property = level.first { $0.field == step }
      }
      level = property?.properties ?? []
      item = property?.items.first
    }
    return result
  }

  private mutating func add(_ rule: String, _ pointer: String) {
    guard !rules.contains(where: { $0.rule == rule && $0.pointer == pointer }) else { return }
    rules.append((rule, pointer))
  }

  private mutating func addRule(_ rule: QualityRule, _ pointer: String) {
    switch rule.metric {
    case .skipped, .rowCount: break
    case .nullValues, .missingValues, .invalidValues, .eachValue, .duplicateValues:
      add(rule.name, pointer)
    }
  }

  private mutating func add(_ property: ContractProperty, _ pointer: String) {
    if property.type != nil { add("type", pointer) }
    if property.isRequired { add("required", pointer) }
    if property.isCarriedEncrypted {
      // Nothing else is asked of a value that must not come.
      add("encryptedName", pointer)
      return
    }
    let number = property.number
    let formats: [(String, Bool)] = [
      ("minimum", number.minimum != nil), ("maximum", number.maximum != nil),
      ("exclusiveMinimum", number.exclusiveMinimum != nil),
      ("exclusiveMaximum", number.exclusiveMaximum != nil),
      ("multipleOf", number.multipleOf != nil), ("format", number.width != nil),
      ("minLength", property.minLength != nil), ("maxLength", property.maxLength != nil),
      ("pattern", property.pattern != nil),
      ("format", property.type == .string && property.format.flatMap { Format(name: $0) } != nil),
      ("enum", property.choices != nil), ("minItems", property.minItems != nil),
      ("maxItems", property.maxItems != nil), ("uniqueItems", property.uniqueItems),
      ("minProperties", property.minProperties != nil),
      ("maxProperties", property.maxProperties != nil),
    ]
    for (rule, isSet) in formats where isSet { add(rule, pointer) }
    if let temporal = property.temporal { add(temporal, pointer) }
    for name in property.requiredMembers { add("required", Pointer.append(pointer, name)) }
    for child in property.properties { addInner(child, Pointer.append(pointer, child.field)) }
    for item in property.items { addInner(item, Pointer.append(pointer, "*")) }
    for key in property.mapKeys { add(key, Pointer.append(pointer, "*")) }
  }

  private mutating func addInner(_ property: ContractProperty, _ pointer: String) {
    add(property, pointer)
    if property.isUnique { add("unique", pointer) }
  }

  private mutating func add(_ temporal: TemporalRules, _ pointer: String) {
    if case .unread = temporal.form { return }
    add("format", pointer)
    if let bound = temporal.minimum {
      add(bound.isExclusive ? "exclusiveMinimum" : "minimum", pointer)
    }
    if let bound = temporal.maximum {
      add(bound.isExclusive ? "exclusiveMaximum" : "maximum", pointer)
    }
  }
}
