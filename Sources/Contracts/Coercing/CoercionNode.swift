internal import JSONSchema

/// A field of a contract with what its values are coerced by, as a tree of the fields below it.
package struct CoercionNode: Sendable {
  package let field: String
  /// The JSON pointer, with `*` for any element or member.
  package let pointer: String
  package let type: LogicalType?
  package let coercions: Coercions
  package private(set) var children: [CoercionNode] = []
  /// The element of an array, or the value of a map: one or none.
  package private(set) var items: [CoercionNode] = []
  package private(set) var isMap = false
  /// The number of the node among all of its tree.
  package private(set) var number = 0
  /// Whether anything here or below is coerced.
  package private(set) var isActive = false
  private var places: [[UInt8]: Int] = [:]

  /// The tree of an object; nil if nothing of it is coerced.
  package init?(_ object: ContractObject) {
    self.init("", "", .object, [])
    children = object.properties.map {
      Self.node($0, Pointer.append("", $0.field), $0.field, object.coercions ?? [])
    }
    _ = finish(from: 0)
    guard isActive else { return nil }
  }

  private init(_ field: String, _ pointer: String, _ type: LogicalType?, _ coercions: Coercions) {
    self.field = field
    self.pointer = pointer
    self.type = type
    self.coercions = coercions
  }

  /// The node of a property; what it does not say itself is `inherited`.
  private static func node(
    _ property: ContractProperty,
    _ pointer: String,
    _ field: String,
    _ inherited: Coercions
  ) -> Self {
    let asked = property.coercions ?? inherited
    // What an unknown type was not asked to become, it does not become.
    let isOwn = property.coercions != nil || property.type != nil
    let suiting = asked.suiting(property.type ?? (isOwn ? nil : .string))
    var node = Self(field, pointer, property.type, suiting)
    node.children = property.properties.map {
      Self.node($0, Pointer.append(pointer, $0.field), $0.field, asked)
    }
    node.items = property.items.map { Self.node($0, pointer + "/*", "*", asked) }
    node.isMap = property.type == .map
    return node
  }

  private mutating func finish(from number: Int) -> Int {
    self.number = number
    var next = number + 1
    for index in children.indices { next = children[index].finish(from: next) }
    for index in items.indices { next = items[index].finish(from: next) }
    for (index, child) in children.enumerated() { places[Array(child.field.utf8)] = index }
    isActive =
      !coercions.isEmpty || children.contains(where: \.isActive)
      || items.contains(where: \.isActive)
    return next
  }

  /// The member of an object by the bytes of its name.
  func child(_ name: [UInt8]) -> CoercionNode? { places[name].map { children[$0] } }

  /// The node and all below it.
  package var all: [CoercionNode] { [self] + children.flatMap(\.all) + items.flatMap(\.all) }
}
