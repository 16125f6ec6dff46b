import Columns

/// What a field's values are parsed as.
enum ParserKind: UInt8 {
  case integer, double, decimal, string, date, timestamp, time, boolean, json, uuid, binary, float
  case structure, list, map
}

/// One field, or part of one, compiled: flat facts that the decoder reads per value.
struct PlanNode {
  var kind: ParserKind
  var storage: Storage
  var isNullable: Bool
  /// The definition level that says null here.
  var nullDefinition: UInt8
  /// The definition level that says present here.
  var definition: UInt8
  /// The number of lists and maps around this node, itself included if it is one.
  var repetition: UInt8
  /// The first leaf, and how many leaves lie below.
  var leaf = 0
  var leafCount = 1
  /// The nodes below, one after another.
  var child = 0
  var childCount = 0
  /// The smallest and largest whole number.
  var lowest = Int64.min
  var highest = Int64.max
  var isUnsigned64 = false
  /// Whether a float has 16 bits only.
  var isHalf = false
  var precision = 0
  var scale = 0
  /// Nanoseconds in the column's unit.
  var unit: Int64 = 1
  var parent = -1
}

/// A schema compiled for decoding: nodes breadth first, the root object at 0.
struct Plan {
  var nodes: [PlanNode] = []
  var names: [String] = []
  private var leaves = 0

  init(_ schema: Schema) {
    nodes = [
      PlanNode(
        kind: .structure,
        storage: .bytes,
        isNullable: false,
        nullDefinition: 0,
        definition: 0,
        repetition: 0
      )
    ]
    names = [""]
    expand(0, schema.fields)
    number(0)
  }

  /// Adds the nodes of `fields` below `parent`, then those below each of them.
  private mutating func expand(_ parent: Int, _ fields: [Field]) {
    let first = nodes.count
    nodes[parent].child = first
    nodes[parent].childCount = fields.count
    // An element of a list stands one definition level above the list that is present.
    let isEntered = nodes[parent].kind == .list || nodes[parent].kind == .map
    let base = nodes[parent].definition + (isEntered ? 1 : 0)
    for field in fields {
      nodes.append(Self.node(field, base, nodes[parent].repetition, parent))
      names.append(nodes[parent].kind == .list ? "element" : field.name)
    }
    for (index, field) in fields.enumerated() {
      switch field.type {
      case .structure(let fields): expand(first + index, fields)
      case .list(let element): expand(first + index, [element])
      case .map(let key, let value): expand(first + index, [key, value])
      default: break
      }
    }
  }

  private static func node(_ field: Field, _ base: UInt8, _ lists: UInt8, _ parent: Int) -> PlanNode
  {
    var node = PlanNode(
      kind: .string,
      storage: field.type.storage ?? .bytes,
      isNullable: field.nullable,
      nullDefinition: base,
      definition: base + (field.nullable ? 1 : 0),
      repetition: lists,
      parent: parent
    )
    switch field.type {
    case .boolean: node.kind = .boolean
    case .integer(let width):
      node.kind = .integer
      node.isUnsigned64 = width == .u64
      if width.bits < 64 {
        node.lowest = width.isSigned ? -(1 << Int64(width.bits - 1)) : 0
        node.highest = (1 << Int64(width.bits - (width.isSigned ? 1 : 0))) - 1
      } else if width == .u64 {
        node.lowest = 0
      }
    case .float16:
      node.kind = .float
      node.isHalf = true
    case .float: node.kind = .float
    case .double: node.kind = .double
    case .decimal(let precision, let scale):
      node.kind = .decimal
      node.precision = precision
      node.scale = scale
    case .string: node.kind = .string
    case .json: node.kind = .json
    case .uuid: node.kind = .uuid
    case .binary: node.kind = .binary
    case .date: node.kind = .date
    case .time(let unit):
      node.kind = .time
      node.unit = 1_000_000_000 / unit.perSecond
    case .timestamp(let unit, _):
      node.kind = .timestamp
      node.unit = 1_000_000_000 / unit.perSecond
    case .structure: node.kind = .structure
    case .list:
      node.kind = .list
      node.repetition += 1
    case .map:
      node.kind = .map
      node.repetition += 1
    }
    return node
  }

  /// Numbers the leaves depth first, as `Schema.leaves` does.
  private mutating func number(_ index: Int) {
    nodes[index].leaf = leaves
    if nodes[index].kind.rawValue >= ParserKind.structure.rawValue {
      for child in 0..<nodes[index].childCount { number(nodes[index].child + child) }
    } else {
      leaves += 1
    }
    nodes[index].leafCount = leaves - nodes[index].leaf
  }

  /// The names from the top-level field down to node `index`.
  func path(_ index: Int) -> [String] {
    index == 0 ? [] : path(nodes[index].parent) + [names[index]]
  }

  /// The top-level field that node `index` belongs to.
  func fieldIndex(_ index: Int) -> Int {
    nodes[index].parent <= 0 ? max(0, index - 1) : fieldIndex(nodes[index].parent)
  }
}
