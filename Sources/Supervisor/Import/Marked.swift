internal import Contracts
internal import JSON

/// A value of an imported file, which knows the file and the place where it, or its key, stands.
struct Marked {
  let file: String
  let node: YAMLNode
  let mark: YAMLNode.Mark

  init(_ file: String, _ node: YAMLNode, at mark: YAMLNode.Mark? = nil) {
    self.file = file
    self.node = node
    self.mark = mark ?? node.mark
  }

  /// The value under a key; nil where that is null.
  subscript(key: String) -> Marked? {
    guard let member = node.members.last(where: { $0.key == key }), !member.value.isNull else {
      return nil
    }
    return Marked(file, member.value, at: member.keyMark)
  }

  /// The members of a mapping that are not null.
  var members: [(key: String, value: Marked)] {
    node.members.filter { !$0.value.isNull }.map {
      ($0.key, Marked(file, $0.value, at: $0.keyMark))
    }
  }

  /// The elements of a list; none for anything else.
  var elements: [Marked] { (node.elements ?? []).map { Marked(file, $0) } }

  /// The texts of a list, or of a single scalar.
  var texts: [Marked] {
    node.text == nil ? elements.filter { $0.node.text != nil } : [self]
  }

  var text: String? { node.text }
  var json: JSONValue { node.json }
}

extension [Marked] {
  /// What the first of these layers says at a path; mappings above it are looked through one by one.
  subscript(path: String...) -> Marked? {
    for layer in self {
      var value: Marked? = layer
      for key in path { value = value?[key] }
      if let value { return value }
    }
    return nil
  }

  /// The values at a key of all layers, in order.
  func all(_ key: String) -> [Marked] { compactMap { $0[key] } }
}
