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
  }

  /// Where the value stands encrypted, the clear one is refused; a name that leads to no field asks
  /// nothing.
  mutating func compareEncryption(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let names = [old, new].map { $0.encryptedName ?? "none" }
    guard names[0] != names[1] else { return }
    let fields = [old, new].map { property -> String? in
      if case .carried(let field)? = property.encryption { field } else { nil }
    }
    let message = "encryptedName changed from \(names[0]) to \(names[1])"
    if fields[0] == fields[1] {
      addWords(place, message)
    } else {
      add(place, message, breaks: .all)
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
    ends(left) == ends(right)
  }

  /// The columns that a relationship joins, pair by pair; their order has no meaning.
  private static func ends(_ relationship: JSONValue) -> Set<[JSONValue]> {
    let lists = ["from", "to"].map { key in
      relationship[key]?.array ?? relationship[key].map { [$0] } ?? []
    }
    guard !lists[0].isEmpty else { return Set(lists[1].map { [$0] }) }
    guard lists[0].count == lists[1].count else { return Set(lists) }
    return Set(zip(lists[0], lists[1]).map { [$0, $1] })
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

  // MARK: Words

  static let handledOfContracts: Set = [
    "schema", "version", "id", "kind", "servers", "tenant", "status", "slaProperties",
    "customProperties",
  ]

  static let handledOfObjects: Set = [
    "name", "physicalName", "properties", "quality", "relationships", "deprecated",
    "customProperties",
  ]

  static let handledOfProperties: Set = [
    "name", "physicalName", "logicalType", "logicalTypeOptions", "required", "unique", "primaryKey",
    "primaryKeyPosition", "criticalDataElement", "classification", "tags", "enum", "properties",
    "items", "map", "quality", "relationships", "encryptedName", "semanticType", "deprecated",
    "physicalType", "customProperties",
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
    let found = keys.filter { unordered(known(old[$0])) != unordered(known(new[$0])) }.sorted()
    func custom(_ value: JSONValue) -> Set<JSONValue> {
      Set(
        (value["customProperties"]?.array ?? []).filter { entry in
          entry["property"]?.string.flatMap(Extension.init(rawValue:)) == nil
        }
      )
    }
    let isSame = handled.isEmpty || custom(old) == custom(new)
    return found + (isSame ? [] : ["customProperties"])
  }

  /// Lists of tags, examples, members and so on say the same in any order.
  private static func unordered(_ value: JSONValue?) -> JSONValue? {
    guard let elements = value?.array else { return value }
    return .array(elements.sorted { $0.encoded() < $1.encoded() })
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
