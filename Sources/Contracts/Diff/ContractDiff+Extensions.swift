internal import JSON

/// What Dativo adds to a contract, and what is written without being compared elsewhere.
extension ContractDiff {
  mutating func compareExtensions(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    switch (old.mask, new.mask) {
    case (nil, let after?):
      let message = "dativo.mask \(after.text) is new: readers no longer see the values"
      add(place, message, breaks: .readers)
    case (let before?, nil):
      let message = "dativo.mask \(before.text) is gone: readers see the clear values"
      add(place, message, breaks: .readers)
    case (let before?, let after?) where before != after:
      add(place, "dativo.mask changed from \(before.text) to \(after.text)", breaks: .readers)
    default: break
    }
    compareCoercions(old.coercions, new.coercions, place)
    compareRelationships(old.document, new.document, place)
    compareZones(old, new, place)
    let (before, after) = (old.document["encryptedName"], new.document["encryptedName"])
    if Self.known(before) != Self.known(after) {
      let names = [before, after].map { Self.known($0)?.string ?? "none" }
      add(place, "encryptedName changed from \(names[0]) to \(names[1])", breaks: .all)
    }
  }

  /// Without a coercion records are refused that were fine; with one of texts, values come changed.
  mutating func compareCoercions(_ old: Coercions?, _ new: Coercions?, _ place: String) {
    guard old != new else { return }
    let (before, after) = (old ?? [], new ?? [])
    let gone = before.subtracting(after)
    let come = after.subtracting(before)
    let rewriting: Coercions = [.trim, .emptyToNull]
    var breaks: ContractChange.Breaks = gone.isEmpty ? [] : .writers
    if !gone.union(come).isDisjoint(with: rewriting) { breaks.insert(.readers) }
    let texts = [old, new].map { $0.map { $0.isEmpty ? "[]" : $0.text } ?? "none" }
    add(place, "dativo.coerce changed from \(texts[0]) to \(texts[1])", breaks: breaks)
  }

  /// Readers join by what a relationship promises, and writers have to keep it.
  mutating func compareRelationships(_ old: JSONValue, _ new: JSONValue, _ place: String) {
    let before = old["relationships"]?.array ?? []
    let after = new["relationships"]?.array ?? []
    for relationship in before where !after.contains(where: { Self.isSame($0, relationship) }) {
      add(place, "the relationship \(Self.text(relationship)) was removed", breaks: .readers)
    }
    for relationship in after where !before.contains(where: { Self.isSame($0, relationship) }) {
      add(place, "the relationship \(Self.text(relationship)) is new", breaks: .writers)
    }
  }

  private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    left["from"] == right["from"] && left["to"] == right["to"]
  }

  private static func text(_ relationship: JSONValue) -> String {
    [("from", relationship["from"]), ("to", relationship["to"])].compactMap { word, end in
      guard let end else { return nil }
      let names = end.array?.map { $0.string ?? $0.encoded() } ?? [end.string ?? end.encoded()]
      return "\(word) \(names.joined(separator: ", "))"
    }.joined(separator: " ")
  }

  private mutating func compareZones(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    for key in ["timezone", "defaultTimezone"] {
      let values = [old, new].map { Self.known($0.document["logicalTypeOptions"]?[key]) }
      guard values[0] != values[1] else { continue }
      let texts = values.map { $0.map { $0.string ?? $0.encoded() } ?? "none" }
      // The same text is another instant from here on.
      add(place, "\(key) changed from \(texts[0]) to \(texts[1])", breaks: .readers)
    }
  }

  // MARK: The contract itself

  mutating func compareSettings(_ old: Contract, _ new: Contract) {
    for known in [Extension.scope, .endRules] {
      let (before, after) = (old.settings[known.rawValue], new.settings[known.rawValue])
      guard before != after else { continue }
      let texts = [before, after].map { $0 ?? "none" }
      add(known.rawValue, "changed from \(texts[0]) to \(texts[1])", breaks: .all)
    }
    if old.drift != new.drift {
      let texts = [old.drift, new.drift].map { $0?.encoded() ?? "none" }
      add(Extension.drift.rawValue, "changed from \(texts[0]) to \(texts[1])", breaks: .all)
    }
  }

  // MARK: Words

  static let handledOfContracts: Set = [
    "schema", "version", "id", "kind", "servers", "tenant", "slaProperties", "customProperties",
  ]

  static let handledOfObjects: Set = [
    "name", "physicalName", "properties", "quality", "relationships", "customProperties",
  ]

  static let handledOfProperties: Set = [
    "name", "physicalName", "logicalType", "logicalTypeOptions", "required", "unique", "primaryKey",
    "primaryKeyPosition", "criticalDataElement", "classification", "tags", "enum", "properties",
    "items", "map", "quality", "relationships", "encryptedName", "customProperties",
  ]

  static let handledOfOptions: Set = [
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties", "required", "timezone", "defaultTimezone", "dimensions", "elementType",
  ]

  /// Everything else that is written: descriptions, examples, lineage and so on.
  mutating func compareWritten(
    _ old: JSONValue,
    _ new: JSONValue,
    _ place: String,
    handled: Set<String>
  ) {
    for key in Self.differing(old, new, handled: handled) { addWords(place, "\(key) changed") }
  }

  /// The keys whose values differ, but for those that are compared elsewhere.
  static func differing(
    _ old: JSONValue,
    _ new: JSONValue,
    handled: Set<String>
  ) -> [String] {
    let keys = Set((old.object?.keys ?? []) + (new.object?.keys ?? [])).subtracting(handled)
    let found = keys.filter { known(old[$0]) != known(new[$0]) }.sorted()
    func custom(_ value: JSONValue) -> [JSONValue] {
      (value["customProperties"]?.array ?? []).filter { entry in
        entry["property"]?.string.flatMap(Extension.init(rawValue:)) == nil
      }
    }
    return found + (custom(old) == custom(new) ? [] : ["customProperties"])
  }

  /// Null is as good as nothing.
  private static func known(_ value: JSONValue?) -> JSONValue? {
    value.flatMap { $0.isNull ? nil : $0 }
  }
}

extension MaskAction {
  /// The action as a contract has it.
  fileprivate var text: String {
    if case .truncate(let count) = self { "{truncate: \(count)}" } else { name }
  }
}
