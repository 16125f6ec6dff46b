internal import JSON
internal import JSONSchema

/// What becomes of fields that a contract does not have.
enum UnknownFields {
  case pass
  /// Nothing breaks, but the fast check leaves the record to whoever takes them out of it.
  case find
  case refuse
}

/// A property of a contract, compiled: the exact check of its values.
final class ValueCheck {
  private(set) var property: ContractProperty
  let kinds: ValueKinds
  let text: TextRules
  /// The size that its values have where they are kept.
  let size: PhysicalSize?
  private(set) var children: [ValueCheck]
  private(set) var places: [String: Int] = [:]
  let item: ValueCheck?
  let mapKey: ValueCheck?
  private let unknown: UnknownFields
  /// Whether the fast check has no shape for it, and does not look into it.
  var isOpaque = false
  /// The rules of the property that are judged value by value.
  private(set) var rules: [CompiledRule] = []

  /// A rule with its pattern, and the end rule that its findings count for.
  struct CompiledRule {
    var rule: QualityRule
    var pattern: Pattern?
    var tally: Int?
    /// Whether `mustBeBetween` includes its bounds.
    var isInclusive: Bool
  }

  init(_ property: ContractProperty, unknown: UnknownFields = .pass) {
    var property = property
    property.temporal?.dropUnjudged()
    self.property = property
    self.unknown = unknown
    kinds = Self.kinds(property.type)
    size = PhysicalSize.of(property).size
    var text = TextRules()
    text.minLength = property.minLength
    text.maxLength = property.maxLength
    text.pattern = property.pattern.flatMap { try? Pattern($0) }
    if property.type == .string { text.format = property.format.flatMap { Format(name: $0) } }
    self.text = text
    children = property.properties.map { ValueCheck($0, unknown: unknown) }
    for (index, child) in children.enumerated() { places[child.property.field] = index }
    item = property.items.first.map { ValueCheck($0, unknown: unknown) }
    mapKey = property.mapKeys.first.map { ValueCheck($0) }
  }

  /// Takes up that a column of dates waits for the values, which must find room in it.
  func becomeColumn() { property.temporal?.isColumn = true }

  /// Whether its objects have the declared members only; one that declares none has any.
  var isClosed: Bool { unknown != .pass && declaresMembers }

  /// Whether a member that is not declared is an unknown one.
  var declaresMembers: Bool { property.type == .object && !children.isEmpty }

  /// Adds the paths of unknown members within `value` in their order, as the fast check lists them.
  func listUnknown(_ value: JSONValue, _ path: String, _ list: inout [String]) {
    guard !isOpaque else { return }
    switch value {
    case .array(let elements):
      guard let item else { return }
      for element in elements { item.listUnknown(element, path + ".*", &list) }
    case .object(let object) where declaresMembers:
      for (name, member) in object.members {
        if let place = places[name] {
          children[place].listUnknown(member, "\(path).\(name)", &list)
        } else {
          list.append("\(path).\(name)")
        }
      }
    default: break
    }
  }

  /// Takes a rule up; with a `tally` its findings are no violations by themselves.
  func add(_ rule: QualityRule, tally: Int?, inclusiveBetween: Bool) {
    var pattern: Pattern?
    if case .invalidValues(_, let source?) = rule.metric { pattern = try? Pattern(source) }
    rules.append(
      CompiledRule(rule: rule, pattern: pattern, tally: tally, isInclusive: inclusiveBetween)
    )
  }

  /// The kinds of JSON that values of a type have.
  static func kinds(_ type: LogicalType?) -> ValueKinds {
    switch type {
    case .string?, .date?, .timestamp?, .time?: .string
    case .number?: .number
    case .integer?: .integer
    case .object?, .map?: .object
    case .array?, .vector?: .array
    case .boolean?: .boolean
    case nil: .all
    }
  }

  /// Whether null, or nothing, is refused.
  var refusesNull: Bool {
    (property.isRequired || property.keyPosition != nil) && !property.isMeasure
  }

  /// Adds what `value` breaks; nil stands for an absent one.
  func check(
    _ value: JSONValue?,
    _ pointer: String,
    isDelete: Bool = false,
    _ findings: inout [Finding]
  ) {
    // A delete carries keys only: nothing else is missing of it.
    if !isDelete || value.map({ !$0.isNull }) == true { checkRules(value, pointer, &findings) }
    guard let value, !value.isNull else {
      if refusesNull, !isDelete || property.keyPosition != nil {
        findings.append(
          Finding(
            property.isRequired ? "required" : "primaryKey",
            code: value == nil ? "missing" : "null",
            at: pointer,
            expected: "a value",
            value: value
          )
        )
      }
      return
    }
    if case .carried(let field)? = property.encryption {
      // The clear value is what must not be seen: it is not told.
      let expected = "no clear value: it comes encrypted in \(field)"
      findings.append(Finding("encryptedName", at: pointer, expected: expected))
      return
    }
    if property.isDeprecated {
      var finding = Finding("deprecated", at: pointer, expected: "a record without the field")
      finding.severity = .warning
      findings.append(finding)
    }
    guard kinds.admits(value) else {
      findings.append(Finding("type", at: pointer, expected: expectedType, value: value))
      return
    }
    if let choices = property.choices, !choices.contains(value) {
      findings.append(Finding("enum", at: pointer, expected: Self.list(choices), value: value))
    }
    size?.check(value, pointer, &findings)
    switch value {
    case .number(let number): property.number.check(number, pointer, &findings)
    case .string(let string):
      if !text.isEmpty { text.check(string, pointer, &findings) }
      if let temporal = property.temporal { check(string, temporal, pointer, &findings) }
    case .array(let elements): check(elements, value, pointer, &findings)
    case .object(let object): check(object, value, pointer, &findings)
    case .null, .bool: break
    }
  }

  /// Whether `value` breaks nothing.
  func accepts(_ value: JSONValue) -> Bool {
    var findings: [Finding] = []
    check(value, "", &findings)
    return findings.isEmpty && (unknown != .find || !hasUnknown(value))
  }

  private func hasUnknown(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): item.map { elements.contains(where: $0.hasUnknown) } ?? false
    case .object(let object):
      object.members.contains { name, member in
        if property.type == .map { return item?.hasUnknown(member) ?? false }
        guard let place = places[name] else { return isClosed }
        return children[place].hasUnknown(member)
      }
    default: false
    }
  }

  private var expectedType: String {
    let article = kinds == .integer || kinds == .object || kinds == .array ? "an" : "a"
    let text = kinds == .string ? "string" : kinds.text
    guard property.temporal != nil else { return "\(article) \(text)" }
    return "\(property.type?.rawValue ?? "date") as text"
  }

  static func list(_ values: [JSONValue]) -> String {
    let shown = values.prefix(10).map { $0.encoded() }.joined(separator: ", ")
    return values.count > 10 ? "one of \(shown), …" : "one of \(shown)"
  }

  // MARK: Texts

  private func check(
    _ string: String,
    _ rules: TemporalRules,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    func report(_ rule: String, _ expected: String) {
      findings.append(Finding(rule, at: pointer, expected: expected, value: .string(string)))
    }
    guard let instant = rules.instant(string) else { return report("format", rules.expectation) }
    if case .unread = rules.form { return }
    guard !rules.isColumn || TemporalRules.columnDays.contains(instant.days) else {
      return report("format", "a year from 0001 to 9999")
    }
    if let bound = rules.minimum {
      if instant.precedes(bound.instant) || (bound.isExclusive && !bound.instant.precedes(instant))
      {
        report(
          bound.isExclusive ? "exclusiveMinimum" : "minimum",
          bound.isExclusive ? "after \(bound.text)" : "\(bound.text) or later"
        )
      }
    }
    if let bound = rules.maximum {
      if bound.instant.precedes(instant) || (bound.isExclusive && !instant.precedes(bound.instant))
      {
        report(
          bound.isExclusive ? "exclusiveMaximum" : "maximum",
          bound.isExclusive ? "before \(bound.text)" : "\(bound.text) or earlier"
        )
      }
    }
  }

  // MARK: Arrays and objects

  private func check(
    _ elements: [JSONValue],
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    func report(_ rule: String, _ expected: String) {
      findings.append(Finding(rule, at: pointer, expected: expected, value: value))
    }
    if let count = property.minItems, elements.count < count {
      report("minItems", "at least \(count) items")
    }
    if let count = property.maxItems, elements.count > count {
      report("maxItems", "at most \(count) items")
    }
    if property.uniqueItems, Set(elements).count < elements.count {
      report("uniqueItems", "no item twice")
    }
    guard let item else { return }
    for (index, element) in elements.enumerated() {
      item.check(element, Pointer.append(pointer, index), &findings)
    }
  }

  private func check(
    _ object: JSONObject,
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    func report(_ rule: String, _ expected: String) {
      findings.append(Finding(rule, at: pointer, expected: expected, value: value))
    }
    if let count = property.minProperties, object.count < count {
      report("minProperties", "at least \(count) members")
    }
    if let count = property.maxProperties, object.count > count {
      report("maxProperties", "at most \(count) members")
    }
    for name in property.requiredMembers where object[name] == nil {
      findings.append(
        Finding("required", code: "missing", at: Pointer.append(pointer, name), expected: "a value")
      )
    }
    for child in children {
      let name = child.property.field
      // What `required` of the object has reported is not reported again.
      if property.requiredMembers.contains(name), object[name] == nil { continue }
      child.check(object[name], Pointer.append(pointer, name), &findings)
    }
    if isClosed, unknown == .refuse {
      for (name, member) in object.members where places[name] == nil {
        let place = Pointer.append(pointer, name)
        let expected = "only fields of the contract"
        findings.append(Finding("unknownField", at: place, expected: expected, value: member))
      }
    }
    guard property.type == .map else { return }
    for (name, member) in object.members {
      let place = Pointer.append(pointer, name)
      mapKey?.check(.string(name), place, &findings)
      item?.check(member, place, &findings)
    }
  }
}
