import JSON

/// Lays the tree of a shape out as one list, the children of a node side by side.
struct Flattening {
  var nodes: [FastNode] = []
  var names: [[String]] = []
  /// Where the nodes stand, such as `address` or `lines.*`; empty for the root.
  var paths: [String] = []
  var matchers: [(Span<UInt8>) -> Bool] = []
  var exacts: [(JSONValue) -> Bool] = []
  var choices: [[UInt8]] = []
  var steps: [BytePattern.Step] = []

  /// Adds the root and all below it.
  mutating func add(_ root: FastShape) {
    append(root, "", required: false)
    nodes[0].listsUnknown = true
    expand(0, root)
  }

  private mutating func expand(_ index: Int, _ shape: FastShape) {
    let children = shape.properties.isEmpty ? shape.items : shape.properties.map(\.shape)
    let place = paths[index].isEmpty ? "" : paths[index] + "."
    nodes[index].child = nodes.count
    nodes[index].childCount = children.count
    if !shape.properties.isEmpty {
      names[index] = shape.properties.map(\.name)
      nodes[index].requiredCount = shape.properties.count(where: \.required)
      for property in shape.properties {
        append(property.shape, place + property.name, required: property.required)
      }
    } else {
      for item in shape.items { append(item, place + "*", required: false) }
    }
    let first = nodes[index].child
    for (offset, child) in children.enumerated() { expand(first + offset, child) }
  }

  private mutating func append(_ shape: FastShape, _ path: String, required: Bool) {
    var node = FastNode(kinds: shape.kinds)
    // Members and items would share the node's children: such a union's arrays are left to the
    // exact check.
    if !shape.properties.isEmpty { node.kinds.remove(.array) }
    node.isRequired = required
    node.capture = shape.capture ?? -1
    node.allowsUnknown = shape.allowsUnknown
    node.listsUnknown = shape.listsUnknown
    node.minItems = shape.minItems
    node.maxItems = shape.maxItems
    // An escape takes up to twelve bytes for a character, by which it is multiplied.
    node.minLength = min(shape.minLength, Int.max / 12)
    node.maxLength = shape.maxLength
    node.number = FastNumber(shape.number, isInteger: !shape.kinds.contains(.number))
    switch shape.text {
    case .any: break
    case .day(let range):
      node.textKind = .day
      node.lowDay = range.lowerBound
      node.highDay = range.upperBound
    case .matching(let matcher):
      node.textKind = .matching
      node.place = matchers.count
      matchers.append(matcher)
    case .moment(let matcher):
      node.textKind = .moment
      node.place = matchers.count
      matchers.append(matcher)
    case .format(let format):
      node.textKind = .format
      node.format = format
    case .bytes(let pattern):
      node.textKind = .bytes
      node.place = steps.count
      node.placeCount = pattern.steps.count
      steps += pattern.steps
    }
    if let texts = shape.choices {
      // With both, the list alone says "surely fine" only where nothing else is asked.
      if node.textKind == .any {
        node.textKind = .choice
        node.place = choices.count
        node.placeCount = texts.count
        choices += texts.map { Array($0.utf8) }
      } else {
        node.kinds.remove(.string)
      }
    }
    if let exact = shape.exact {
      node.isExact = true
      node.place = exacts.count
      exacts.append(exact)
    }
    node.isSpecial = node.isExact || node.capture >= 0
    nodes.append(node)
    names.append([])
    paths.append(path)
  }
}
