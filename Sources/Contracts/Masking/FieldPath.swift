internal import JSONSchema

/// Names of fields as policies write them: `orders.address.street`, `orders.lines.*.price`.
///
/// The elements of an array and the values of a map are `*`; before a further name it may be left
/// out. Both the name and the physicalName of a field lead to it, and names may have dots.
enum FieldPath {
  /// The pointers of all fields of an object that `path` leads to.
  static func pointers(to path: String, in properties: [ContractProperty]) -> Set<String> {
    members(path[...], properties, "")
  }

  private static func members(
    _ path: Substring,
    _ properties: [ContractProperty],
    _ parent: String
  ) -> Set<String> {
    var found: Set<String> = []
    for property in properties {
      let pointer = Pointer.append(parent, property.field)
      for name in [property.name, property.field] {
        if path == name { found.insert(pointer) }
        guard path.hasPrefix(name + ".") else { continue }
        found.formUnion(below(path.dropFirst(name.count + 1), property, pointer))
      }
    }
    return found
  }

  private static func below(
    _ path: Substring,
    _ property: ContractProperty,
    _ pointer: String
  ) -> Set<String> {
    var found = members(path, property.properties, pointer)
    guard let item = property.items.first else { return found }
    let inner = pointer + "/*"
    if path == "*" { found.insert(inner) }
    if path.hasPrefix("*.") {
      found.formUnion(below(path.dropFirst(2), item, inner))
    } else {
      found.formUnion(below(path, item, inner))
    }
    return found
  }

  /// Every field of an object with the name that policies give it.
  static func all(_ object: ContractObject) -> [(name: String, property: ContractProperty)] {
    object.properties.flatMap { all($0, "\(object.name).\($0.name)") }
  }

  private static func all(
    _ property: ContractProperty,
    _ name: String
  ) -> [(name: String, property: ContractProperty)] {
    [(name, property)] + property.properties.flatMap { all($0, "\(name).\($0.name)") }
      + property.items.flatMap { all($0, "\(name).*") } + property.mapKeys.map { (name, $0) }
  }
}
