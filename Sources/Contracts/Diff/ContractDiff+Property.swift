internal import JSON

extension ContractDiff {
  /// Properties of an object, or nested ones.
  mutating func compare(
    _ old: [ContractProperty],
    _ new: [ContractProperty],
    _ owner: String
  ) {
    let (before, after) = (Encryption.resolved(old), Encryption.resolved(new))
    let names = [old, new].map { $0.map { ($0.name, $0.field) } }
    for (was, will) in Self.pairs(names[0], names[1]) {
      switch (was, will) {
      case (let was?, let will?):
        let place = "\(owner).\(new[will].name)"
        compareEncryption(before[was], after[will], place)
        compare(old[was], new[will], place)
      case (let was?, nil):
        add("\(owner).\(old[was].name)", "the property was removed", breaks: .readers)
      case (nil, let will?): addNew(new[will], "\(owner).\(new[will].name)")
      case (nil, nil): break
      }
    }
  }

  private mutating func addNew(_ property: ContractProperty, _ place: String) {
    let isDemanded =
      (property.isRequired || property.keyPosition != nil) && !property.isMeasure
    let message = isDemanded ? "the property is new and required" : "the property is new"
    add(place, message, breaks: isDemanded ? .writers : [])
  }

  /// One property in both versions.
  mutating func compare(_ old: ContractProperty, _ new: ContractProperty, _ place: String) {
    if old.field != new.field {
      add(place, "the field's name changed from \(old.field) to \(new.field)", breaks: .all)
    } else if old.name != new.name {
      add(place, "was called \(old.name); its field stays \(old.field)", breaks: [])
    }
    guard old.isMeasure == new.isMeasure else {
      compareColumn(old, new, place)
      return
    }
    let types = Self.scope(old.type, new.type)
    if types != .same {
      let (before, after) = (old.type?.rawValue ?? "any", new.type?.rawValue ?? "any")
      add(place, "the type changed from \(before) to \(after)", breaks: types.breaks)
    }
    compareFlags(old, new, place)
    let numbers: [LogicalType?] = [.number, .integer]
    if types == .same || (numbers.contains(old.type) && numbers.contains(new.type)) {
      compareBounds(old, new, place)
      compareTexts(old, new, place)
    }
    compareLabels(old, new, place)
    compareExtensions(old, new, place)
    compareWritten(old.document, new.document, place, handled: Self.handledOfProperties)
    let (before, after) = (old.document["logicalTypeOptions"], new.document["logicalTypeOptions"])
    compareWritten(before ?? .null, after ?? .null, place, handled: Self.handledOfOptions)
    compare(old.rules, new.rules, place)
    guard types == .same else { return }
    compare(old.properties, new.properties, place)
    compareInner(old.items, new.items, "\(place)[]")
    compareInner(old.mapKeys, new.mapKeys, "\(place){key}")
  }

  /// A measure is computed from the columns and is none itself.
  private mutating func compareColumn(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    if new.isMeasure {
      add(place, "is a measure now, and no column", breaks: .readers)
    } else {
      let isDemanded = new.isRequired || new.keyPosition != nil
      let more = isDemanded ? ", and required" : ""
      add(place, "is a column now, and no measure\(more)", breaks: isDemanded ? .writers : [])
    }
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
    // What is part of the key in both is there, and what is the key differs, whatever else is said.
    let isKey = old.keyPosition != nil && new.keyPosition != nil
    for (name, before, after) in flags where before != after {
      let message = after ? "is \(name) now" : "is no longer \(name)"
      if name == "required", isKey {
        addWords(place, "\(message), as a part of the key is anyway")
      } else {
        add(place, message, breaks: after ? .writers : .readers)
      }
    }
    for name in new.requiredMembers where !old.requiredMembers.contains(name) {
      add(place, "the member \(name) is required now", breaks: .writers)
    }
    for name in old.requiredMembers where !new.requiredMembers.contains(name) {
      add(place, "the member \(name) is no longer required", breaks: .readers)
    }
  }

  private mutating func compareLabels(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    if old.classification != new.classification {
      let (before, after) = (old.classification ?? "none", new.classification ?? "none")
      // What the jobs mask by it is compared for itself.
      add(place, "the classification changed from \(before) to \(after)", breaks: [])
    }
    if old.isCritical != new.isCritical { addWords(place, "criticalDataElement changed") }
    if Set(old.tags) != Set(new.tags) { addWords(place, "tags changed") }
    compareDeprecation(old.isDeprecated, new.isDeprecated, place)
    comparePhysicalTypes(old, new, place)
  }

  mutating func compareDeprecation(_ old: Bool, _ new: Bool, _ place: String) {
    guard old != new else { return }
    add(place, new ? "is deprecated" : "is no longer deprecated", breaks: [])
  }

  /// A column of another type breaks who reads it; writers are judged by the logical type.
  private mutating func comparePhysicalTypes(
    _ old: ContractProperty,
    _ new: ContractProperty,
    _ place: String
  ) {
    let types = [old, new].map { $0.physicalType?.lowercased().filter { $0 != " " } }
    guard types[0] != types[1] else { return }
    let texts = [old, new].map { $0.physicalType ?? "none" }
    let message = "physicalType changed from \(texts[0]) to \(texts[1])"
    let isOther = types[0] != nil && types[1] != nil
    add(place, message, breaks: isOther ? .readers : [])
  }
}
