extension ContractDiff {
  /// The primary key by its fields: what must be there, and what no two records share.
  mutating func compareKeys(_ old: ContractObject, _ new: ContractObject) {
    let (before, after) = (Self.keyFields(old), Self.keyFields(new))
    guard before != after else { return }
    let names = after.joined(separator: ", ")
    let (was, will) = (Set(before), Set(after))
    guard was != will else {
      // The same tuples are different, in whatever order their parts are written.
      add(new.name, "the primary key's order changed to \(names)", breaks: [])
      return
    }
    guard !after.isEmpty else {
      add(new.name, "the primary key was removed", breaks: .readers)
      return
    }
    var breaks: ContractChange.Breaks = []
    // Rows that differ in fewer fields differ in more; not the other way round.
    if before.isEmpty || !will.isSuperset(of: was) { breaks.insert(.writers) }
    if !before.isEmpty, !was.isSuperset(of: will) { breaks.insert(.readers) }
    // A part of the key is never null.
    if will.subtracting(was).contains(where: { !Self.isRequired($0, old) }) {
      breaks.insert(.writers)
    }
    if was.subtracting(will).contains(where: { !Self.isRequired($0, new) }) {
      breaks.insert(.readers)
    }
    let text = before.isEmpty ? "is new: \(names)" : "was changed to \(names)"
    add(new.name, "the primary key \(text)", breaks: breaks)
  }

  private static func isRequired(_ field: String, _ object: ContractObject) -> Bool {
    object.properties.first { $0.field == field }?.isRequired ?? false
  }

  private static func keyFields(_ object: ContractObject) -> [String] {
    object.primaryKey.map { name in object.properties.first { $0.name == name }?.field ?? name }
  }
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
