internal import JSONSchema

/// A field of a contract with what is masked of it, as a tree of the fields below it.
///
/// The fields that are not masked are in it too, so that a pointer tells known names from data.
package struct MaskNode: Sendable {
  /// The name in records; `*` for the elements of an array and the values of a map.
  package let field: String
  /// The JSON pointer, with `*` for any element or member.
  package let pointer: String
  package let type: LogicalType?
  /// What masks the whole value; nil if nothing does.
  package internal(set) var action: MaskAction?
  package internal(set) var children: [MaskNode] = []
  /// The element of an array, or the value of a map: one or none.
  package internal(set) var items: [MaskNode] = []
  package internal(set) var isMap = false
  /// What masks the keys of a map.
  package internal(set) var keyAction: MaskAction?
  /// The number of the node among all of its tree.
  package internal(set) var number = 0
  /// Whether anything here or below is masked.
  package internal(set) var hasMask = false
  private var places: [[UInt8]: Int] = [:]

  init(field: String, pointer: String, type: LogicalType?) {
    self.field = field
    self.pointer = pointer
    self.type = type
  }

  /// Whether the value as a whole is masked.
  package var isMasked: Bool { action != nil }

  /// Settles what follows from children, items and actions; returns the first number not taken.
  mutating func finish(from number: Int = 0) -> Int {
    self.number = number
    var next = number + 1
    for index in children.indices { next = children[index].finish(from: next) }
    for index in items.indices { next = items[index].finish(from: next) }
    places = [:]
    for (index, child) in children.enumerated() { places[Array(child.field.utf8)] = index }
    hasMask =
      isMasked || keyAction != nil || children.contains(where: \.hasMask)
      || items.contains(where: \.hasMask)
    return next
  }

  /// The member of an object by the bytes of its name.
  func child(_ name: [UInt8]) -> MaskNode? { places[name].map { children[$0] } }

  /// Whether the member `name` of the object is masked as a whole.
  package func masks(_ name: String) -> Bool { child(Array(name.utf8))?.isMasked ?? false }

  /// The node and all below it.
  package var all: [MaskNode] { [self] + children.flatMap(\.all) + items.flatMap(\.all) }

  /// What may be said of a value: where it stands, and whether it may be shown.
  ///
  /// Names below a masked value are data like the value, and so are masked keys of a map. Only
  /// values of fields that the contract knows and does not mask are shown.
  package func disclosure(of pointer: String) -> (pointer: String, showsValue: Bool) {
    var node = self
    var shown = ""
    var isInside = node.isMasked
    let steps = Pointer.steps(pointer)
    for (index, step) in steps.enumerated() {
      if let child = node.child(Array(step.utf8)) {
        shown = Pointer.append(shown, step)
        node = child
      } else if let item = node.items.first {
        if node.isMap, isInside || node.keyAction != nil {
          // What is wrong with a key stands at its member, with the key as the value.
          isInside = true
          shown += "/*"
        } else if node.isMap || Int(step) != nil {
          shown = Pointer.append(shown, step)
        } else {
          return (isInside ? shown : Pointer.append(shown, step), false)
        }
        node = item
      } else {
        if isInside { return (shown, false) }
        for step in steps[index...] { shown = Pointer.append(shown, step) }
        return (shown, false)
      }
      isInside = isInside || node.isMasked
    }
    return (shown, !isInside && !node.hasMask)
  }
}
