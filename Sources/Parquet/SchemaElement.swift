import Columns

/// One node of the schema as the footer lists it, depth first.
struct SchemaElement {
  enum Repetition: Int {
    case required = 0
    case optional = 1
    case repeated = 2
  }

  var name: String
  var repetition: Repetition?
  var type: ColumnType?
  var isList = false
  var isMap = false
  var children = 0
  var id: Int?

  /// The elements of `schema`, root first; groups without leaves, which no reader takes, left out.
  ///
  /// Fields without an id are numbered in their order.
  static func elements(_ schema: Schema) -> [SchemaElement] {
    var id = 0
    var below: [SchemaElement] = []
    var children = 0
    for field in schema.fields where field.type.hasLeaves {
      children += 1
      append(field, named: field.name, &id, to: &below)
    }
    return [SchemaElement(name: "schema", repetition: nil, children: children)] + below
  }

  private static func append(
    _ field: Field,
    named name: String,
    _ id: inout Int,
    to elements: inout [SchemaElement]
  ) {
    id += 1
    var element = SchemaElement(name: name, repetition: field.nullable ? .optional : .required)
    element.id = field.id ?? id
    switch field.type {
    case .structure(let fields):
      let fields = fields.filter(\.type.hasLeaves)
      element.children = fields.count
      elements.append(element)
      for field in fields { append(field, named: field.name, &id, to: &elements) }
    case .list(let item):
      element.isList = true
      element.children = 1
      elements.append(element)
      elements.append(SchemaElement(name: "list", repetition: .repeated, children: 1))
      append(item, named: "element", &id, to: &elements)
    case .map(let key, let value):
      element.isMap = true
      element.children = 1
      elements.append(element)
      elements.append(SchemaElement(name: "key_value", repetition: .repeated, children: 2))
      append(key, named: "key", &id, to: &elements)
      append(value, named: "value", &id, to: &elements)
    default:
      element.type = field.type
      elements.append(element)
    }
  }

  func write(to thrift: inout ThriftWriter) {
    if let type {
      let physical = Physical(type)
      thrift.i32(1, physical.number)
      if case .fixed(let length) = physical { thrift.i32(2, length) }
    }
    if let repetition { thrift.i32(3, repetition.rawValue) }
    thrift.text(4, name)
    if type == nil { thrift.i32(5, children) }
    if isList { thrift.i32(6, 3) }
    if isMap { thrift.i32(6, 1) }
    if let converted = type?.convertedType { thrift.i32(6, converted) }
    if case .decimal(let precision, let scale) = type {
      thrift.i32(7, scale)
      thrift.i32(8, precision)
    }
    if let id { thrift.i32(9, id) }
    if isList { thrift.structure(10) { $0.structure(3) } }
    if isMap { thrift.structure(10) { $0.structure(2) } }
    if let type, type.hasLogicalType { thrift.structure(10) { type.writeLogicalType(to: &$0) } }
  }
}

extension ColumnType {
  /// Whether anything below can hold a value.
  var hasLeaves: Bool {
    switch self {
    case .structure(let fields): fields.contains { $0.type.hasLeaves }
    case .list(let element): element.type.hasLeaves
    case .map(_, let value): value.type.hasLeaves
    default: true
    }
  }
}
