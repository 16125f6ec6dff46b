internal import JSON
internal import JSONSchema

extension ContractDiff {
  /// One property in both versions.
  mutating func compare(_ old: ContractProperty, _ new: ContractProperty, _ place: String) {
    if old.field != new.field {
      add(place, "the field's name changed from \(old.field) to \(new.field)", breaks: .all)
    }
    if old.type != new.type {
      let (before, after) = (old.type?.rawValue ?? "any", new.type?.rawValue ?? "any")
      let breaks: ContractChange.Breaks =
        switch (old.type, new.type) {
        case (nil, _?), (.number?, .integer?): .writers
        case (_?, nil), (.integer?, .number?): .readers
        default: .all
        }
      add(place, "the type changed from \(before) to \(after)", breaks: breaks)
      return
    }
    compareFlags(old, new, place)
    compareBounds(old, new, place)
    compareTexts(old, new, place)
    compareLabels(old, new, place)
    compareExtensions(old, new, place)
    compareWritten(old.document, new.document, place, handled: Self.handledOfProperties)
    let (before, after) = (old.document["logicalTypeOptions"], new.document["logicalTypeOptions"])
    compareWritten(before ?? .null, after ?? .null, place, handled: Self.handledOfOptions)
    compare(old.rules, new.rules, place)
    compare(old.properties, new.properties, place)
    compareInner(old.items, new.items, "\(place)[]")
    compareInner(old.mapKeys, new.mapKeys, "\(place){key}")
  }

  private mutating func compareInner(
    _ old: [ContractProperty],
    _ new: [ContractProperty],
    _ place: String
  ) {
    switch (old.first, new.first) {
    case (let before?, let after?): compare(before, after, place)
    case (nil, _?): add(place, "elements are described now", breaks: .writers)
    case (_?, nil): add(place, "elements are no longer described", breaks: .readers)
    case (nil, nil): break
    }
  }

  private mutating func compareFlags(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let flags: [(String, Bool, Bool)] = [
      ("required", old.isRequired, new.isRequired), ("unique", old.isUnique, new.isUnique),
      ("uniqueItems", old.uniqueItems, new.uniqueItems),
    ]
    for (name, before, after) in flags where before != after {
      add(
        place,
        after ? "is \(name) now" : "is no longer \(name)",
        breaks: after ? .writers : .readers
      )
    }
    for name in new.requiredMembers where !old.requiredMembers.contains(name) {
      add(place, "the member \(name) is required now", breaks: .writers)
    }
    for name in old.requiredMembers where !new.requiredMembers.contains(name) {
      add(place, "the member \(name) is no longer required", breaks: .readers)
    }
  }

  private mutating func compareBounds(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    func number(_ count: Int?) -> JSONNumber? { count.map { JSONNumber($0) } }
    let lower: [(String, JSONNumber?, JSONNumber?)] = [
      ("minimum", old.number.minimum, new.number.minimum),
      ("exclusiveMinimum", old.number.exclusiveMinimum, new.number.exclusiveMinimum),
      ("minLength", number(old.minLength), number(new.minLength)),
      ("minItems", number(old.minItems), number(new.minItems)),
      ("minProperties", number(old.minProperties), number(new.minProperties)),
    ]
    let upper: [(String, JSONNumber?, JSONNumber?)] = [
      ("maximum", old.number.maximum, new.number.maximum),
      ("exclusiveMaximum", old.number.exclusiveMaximum, new.number.exclusiveMaximum),
      ("maxLength", number(old.maxLength), number(new.maxLength)),
      ("maxItems", number(old.maxItems), number(new.maxItems)),
      ("maxProperties", number(old.maxProperties), number(new.maxProperties)),
    ]
    for (name, before, after) in lower { bound(name, before, after, place, isLower: true) }
    for (name, before, after) in upper { bound(name, before, after, place, isLower: false) }
  }

  /// A bound that came or went towards the values excludes some; the other way lets new ones in.
  private mutating func bound(
    _ name: String,
    _ old: JSONNumber?,
    _ new: JSONNumber?,
    _ place: String,
    isLower: Bool
  ) {
    switch (old, new) {
    case (nil, let after?): add(place, "\(name) \(after.text) is new", breaks: .writers)
    case (let before?, nil): add(place, "\(name) \(before.text) is gone", breaks: .readers)
    case (let before?, let after?) where before != after:
      let isTighter = isLower ? before < after : after < before
      add(
        place,
        "\(name) changed from \(before.text) to \(after.text)",
        breaks: isTighter ? .writers : .readers
      )
    default: break
    }
  }

  private mutating func compareTexts(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let pairs: [(String, String?, String?)] = [
      ("pattern", old.pattern, new.pattern), ("format", old.format, new.format),
      ("multipleOf", old.number.multipleOf?.text, new.number.multipleOf?.text),
      ("format", old.number.width?.name, new.number.width?.name),
      ("format", old.temporal?.expectation, new.temporal?.expectation),
      ("minimum", old.temporal?.minimum?.words, new.temporal?.minimum?.words),
      ("maximum", old.temporal?.maximum?.words, new.temporal?.maximum?.words),
    ]
    for (name, before, after) in pairs where before != after {
      switch (before, after) {
      case (nil, let after?): add(place, "\(name) \(after) is new", breaks: .writers)
      case (let before?, nil): add(place, "\(name) \(before) is gone", breaks: .readers)
      case (let before?, let after?):
        add(place, "\(name) changed from \(before) to \(after)", breaks: .all)
      default: break
      }
    }
    let (before, after) = (old.choices.map(Set.init), new.choices.map(Set.init))
    switch (before, after) {
    case (nil, _?): add(place, "enum is new", breaks: .writers)
    case (_?, nil): add(place, "enum is gone", breaks: .readers)
    case (let before?, let after?):
      let words = { (values: Set<JSONValue>) in
        values.map { $0.encoded() }.sorted().joined(separator: ", ")
      }
      let (gone, come) = (before.subtracting(after), after.subtracting(before))
      if !gone.isEmpty { add(place, "enum lost \(words(gone))", breaks: .writers) }
      if !come.isEmpty { add(place, "enum gained \(words(come))", breaks: .readers) }
      if before == after, old.document["enum"] != new.document["enum"] {
        addWords(place, "enum is described otherwise")
      }
    default: break
    }
  }

  private mutating func compareLabels(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    if old.classification != new.classification {
      let (before, after) = (old.classification ?? "none", new.classification ?? "none")
      // Who masks by classification masks otherwise from here on.
      add(place, "the classification changed from \(before) to \(after)", breaks: [])
    }
    if old.isCritical != new.isCritical { addWords(place, "criticalDataElement changed") }
    if old.tags != new.tags { addWords(place, "tags changed") }
  }
}

extension TemporalRules.Bound {
  fileprivate var words: String { isExclusive ? "\(text) (exclusive)" : text }
}

extension ContractObject {
  /// The names of the properties that make the primary key, in the key's order.
  package var primaryKey: [String] {
    let parts = properties.enumerated().compactMap { place, property in
      property.keyPosition.map { (position: $0 < 0 ? Int.max : $0, place: place, property.name) }
    }
    return parts.sorted { ($0.position, $0.place) < ($1.position, $1.place) }.map(\.2)
  }
}

extension ServiceLevel {
  /// What is promised, in words.
  package var promise: String {
    "\(value.string ?? value.encoded())\(unit.map { " \($0)" } ?? "")"
      + (elements.isEmpty ? "" : " for \(elements.joined(separator: ", "))")
  }
}
