internal import JSON

/// What changed from one version of a contract to another.
package struct ContractDiff {
  package private(set) var changes: [ContractChange] = []
  /// The version that stands in the new contract, and the least that the changes ask for; nil where
  /// the old one is no semantic version.
  package let declared: String
  package private(set) var needed: String?

  package init(from old: Contract, to new: Contract) {
    declared = new.version
    compare(old, new)
    needed = Self.raised(old.version, by: bump)
  }

  /// The part of the version that has to be raised.
  package var bump: ContractChange.Bump { changes.map(\.bump).max() ?? .none }

  /// Whether anybody is broken who relied on the old version.
  package var isBreaking: Bool { changes.contains { !$0.breaks.isEmpty } }

  /// Whether the new contract's version is high enough; true where versions cannot be compared.
  package var isRaisedEnough: Bool {
    guard let needed = needed.flatMap(Self.numbers), let declared = Self.numbers(declared) else {
      return true
    }
    return !declared.lexicographicallyPrecedes(needed)
  }

  private mutating func compare(_ old: Contract, _ new: Contract) {
    if old.id != new.id {
      add("id", "changed from \(old.id) to \(new.id)", breaks: [.readers, .writers])
    }
    for object in old.objects {
      if let other = new.objects.first(where: { $0.name == object.name }) {
        compare(object, other)
      } else {
        add(object.name, "the object was removed", breaks: [.readers, .writers])
      }
    }
    for object in new.objects where !old.objects.contains(where: { $0.name == object.name }) {
      add(object.name, "the object is new", breaks: [])
    }
    compareSections(old, new)
  }

  private mutating func compare(_ old: ContractObject, _ new: ContractObject) {
    if old.physicalName != new.physicalName {
      let names = "from \(old.physicalName ?? old.name) to \(new.physicalName ?? new.name)"
      add(new.name, "the table's name changed \(names)", breaks: [.readers, .writers])
    }
    compareKeys(old, new)
    compareCoercions(old.coercions, new.coercions, new.name)
    compareRelationships(old.document, new.document, new.name)
    compareWritten(old.document, new.document, new.name, handled: Self.handledOfObjects)
    compare(old.rules, new.rules, new.name)
    compare(old.properties, new.properties, new.name)
  }

  private mutating func compareKeys(_ old: ContractObject, _ new: ContractObject) {
    let (before, after) = (old.primaryKey, new.primaryKey)
    guard before != after else { return }
    let text = after.isEmpty ? "removed" : "changed to \(after.joined(separator: ", "))"
    add(new.name, "the primary key was \(text)", breaks: [.readers, .writers])
  }

  /// Properties of an object, or nested ones.
  mutating func compare(
    _ old: [ContractProperty],
    _ new: [ContractProperty],
    _ owner: String
  ) {
    for property in old {
      let place = "\(owner).\(property.name)"
      if let other = new.first(where: { $0.name == property.name }) {
        compare(property, other, place)
      } else {
        add(place, "the property was removed", breaks: .readers)
      }
    }
    for property in new where !old.contains(where: { $0.name == property.name }) {
      let isDemanded = property.isRequired || property.keyPosition != nil
      add(
        "\(owner).\(property.name)",
        isDemanded ? "the property is new and required" : "the property is new",
        breaks: isDemanded ? .writers : []
      )
    }
  }

  private mutating func compareSections(_ old: Contract, _ new: Contract) {
    let before = changes.count
    for level in old.serviceLevels where !new.serviceLevels.contains(where: { $0 == level }) {
      let other = new.serviceLevels.first { $0.name == level.name && $0.elements == level.elements }
      let text = other.map { "changed from \(level.promise) to \($0.promise)" } ?? "was removed"
      add("slaProperties.\(level.name)", text, breaks: .readers)
    }
    for level in new.serviceLevels
    where !old.serviceLevels.contains(where: {
      $0.name == level.name && $0.elements == level.elements
    }) {
      add("slaProperties.\(level.name)", "is new: \(level.promise)", breaks: [])
    }
    if changes.count == before, old.document["slaProperties"] != new.document["slaProperties"] {
      addWords("slaProperties", "described otherwise")
    }
    for section in ["servers", "tenant"] where old.document[section] != new.document[section] {
      add(section, "changed", breaks: .readers)
    }
    for section in Self.differing(old.document, new.document, handled: Self.handledOfContracts) {
      addWords(section, "changed")
    }
    compareSettings(old, new)
  }

  mutating func add(_ place: String, _ message: String, breaks: ContractChange.Breaks) {
    changes.append(ContractChange(place, message, breaks: breaks))
  }

  mutating func addWords(_ place: String, _ message: String) {
    changes.append(ContractChange(place, words: message))
  }

  private static func numbers(_ version: String) -> [Int]? {
    let plain = version.hasPrefix("v") ? String(version.dropFirst()) : version
    let core = plain.prefix { $0 != "-" && $0 != "+" }
    let parts = core.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0 != nil }) else { return nil }
    let found = parts.compactMap(\.self)
    return found + Array(repeating: 0, count: 3 - found.count)
  }

  private static func raised(_ version: String, by bump: ContractChange.Bump) -> String? {
    guard let parts = numbers(version) else { return nil }
    let raised =
      switch bump {
      case .none: parts
      case .patch: [parts[0], parts[1], parts[2] + 1]
      case .minor: [parts[0], parts[1] + 1, 0]
      case .major: [parts[0] + 1, 0, 0]
      }
    return raised.map(String.init).joined(separator: ".")
  }
}
