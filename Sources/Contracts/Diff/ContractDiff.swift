package import JSON

/// What changed from one version of a contract to another.
///
/// A change breaks writers where a record that the old version takes may be refused by the new one.
/// It breaks readers where a record may come that could not come before, or where the data that they
/// get are changed, fewer or called otherwise.
package struct ContractDiff {
  package private(set) var changes: [ContractChange] = []
  /// The version that stands in the new contract, and the least that the changes ask for; nil where
  /// the old one is no semantic version.
  package let declared: String
  package private(set) var needed: String?

  /// Compares two versions; `maskings` are the masking policies of the jobs that use the contract.
  package init(
    from old: Contract,
    to new: Contract,
    maskings: [(job: String, policy: JSONValue)] = []
  ) {
    declared = new.version
    compare(old, new)
    for masking in maskings { compareMasks(old, new, masking.policy, of: masking.job) }
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
      add("id", "changed from \(old.id) to \(new.id)", breaks: .all)
    }
    for (was, will) in Self.pairs(old.objects.map(\.names), new.objects.map(\.names)) {
      switch (was.map { old.objects[$0] }, will.map { new.objects[$0] }) {
      case (let before?, let after?): compare(before, after)
      case (let before?, nil): add(before.name, "the object was removed", breaks: .all)
      case (nil, let after?): add(after.name, "the object is new", breaks: [])
      case (nil, nil): break
      }
    }
    compareSections(old, new)
  }

  private mutating func compare(_ old: ContractObject, _ new: ContractObject) {
    let tables = [old, new].map { $0.physicalName ?? $0.name }
    if tables[0] != tables[1] {
      let names = "from \(tables[0]) to \(tables[1])"
      add(new.name, "the table's name changed \(names)", breaks: .all)
    } else if old.name != new.name {
      add(new.name, "was called \(old.name); its table stays \(tables[0])", breaks: [])
    }
    compareKeys(old, new)
    compareCoercions(old.coercions, new.coercions, new.name)
    compareRelationships(old.document, new.document, new.name)
    compareDeprecation(old.isDeprecated, new.isDeprecated, new.name)
    compareWritten(old.document, new.document, new.name, handled: Self.handledOfObjects)
    compare(old.rules, new.rules, new.name)
    compare(old.properties, new.properties, new.name)
  }

  /// What an element is called in the contract, and in the data.
  typealias Names = (name: String, field: String)

  /// The places of what belongs together in two lists, first the old ones in their order.
  ///
  /// By name, then by what it is called in the data.
  static func pairs(_ old: [Names], _ new: [Names]) -> [(Int?, Int?)] {
    var partners = [Int?](repeating: nil, count: old.count)
    var taken: Set<Int> = []
    for key in [{ $0.name }, { $0.field }] as [(Names) -> String] {
      for (index, names) in old.enumerated() where partners[index] == nil {
        let found = new.indices.first { !taken.contains($0) && key(new[$0]) == key(names) }
        guard let found else { continue }
        partners[index] = found
        taken.insert(found)
      }
    }
    return old.indices.map { ($0, partners[$0]) }
      + new.indices.filter { !taken.contains($0) }.map { (nil, $0) }
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

extension ContractObject {
  fileprivate var names: ContractDiff.Names { (name, physicalName ?? name) }
}
