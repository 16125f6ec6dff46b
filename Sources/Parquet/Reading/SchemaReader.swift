import Columns

/// Recovers a schema from the nodes of a footer: what `SchemaElement.elements` wrote.
///
/// Notes of a column are in its chunks; alternatives of a field are not in the file.
struct SchemaReader {
  private let elements: [FooterReader.Element]
  private var next = 0

  /// Groups and lists within one another, each a level or two of the stack.
  private static let depthLimit = 100

  private init(_ elements: [FooterReader.Element]) { self.elements = elements }

  /// The schema of a file; throws `unsupported` for a type that our writer has not.
  static func schema(_ footer: FooterReader) throws(ReadError) -> Schema {
    var reader = SchemaReader(footer.schema)
    var fields: [Field] = []
    var leaf = 0
    while reader.next < reader.elements.count {
      var field = try reader.field(depth: 0)
      let pairs = footer.groups.first.flatMap { group in
        leaf < group.chunks.count ? group.chunks[leaf].metadata : nil
      }
      for pair in pairs ?? [] { field.metadata[pair.key] = pair.value }
      leaf += Schema([field]).leaves.count
      fields.append(field)
    }
    return Schema(fields)
  }

  private mutating func take() throws(ReadError) -> FooterReader.Element {
    guard next < elements.count else { throw .malformed("the schema ends early") }
    defer { next += 1 }
    return elements[next]
  }

  private mutating func field(depth: Int) throws(ReadError) -> Field {
    guard depth < Self.depthLimit else { throw .unsupported("a schema nested too deeply") }
    let element = try take()
    guard element.repetition == 0 || element.repetition == 1 else {
      throw .unsupported("the column \(element.name), which repeats outside of a list")
    }
    let isNullable = element.repetition == 1
    guard element.type == nil else {
      let type = try element.columnType()
      return Field(element.name, type, nullable: isNullable, id: element.id)
    }
    if element.logical == .list || element.converted == 3 {
      let item = try listItem(element, depth)
      return Field(element.name, .list(item), nullable: isNullable, id: element.id)
    }
    if element.logical == .map || element.converted == 1 || element.converted == 2 {
      let type = try map(element, depth)
      return Field(element.name, type, nullable: isNullable, id: element.id)
    }
    guard element.children > 0 else { throw .malformed("the group \(element.name) has no columns") }
    var fields: [Field] = []
    for _ in 0..<min(element.children, elements.count) {
      fields.append(try field(depth: depth + 1))
    }
    return Field(element.name, .structure(fields), nullable: isNullable, id: element.id)
  }

  /// The element of a list of three levels: the list, `list` repeated, `element`.
  private mutating func listItem(
    _ list: FooterReader.Element,
    _ depth: Int
  ) throws(ReadError) -> Field {
    guard list.children == 1 else { throw .malformed("the list \(list.name) has no one element") }
    let middle = try take()
    guard middle.repetition == 2, middle.type == nil, middle.children == 1 else {
      throw .unsupported("the list \(list.name), which has not three levels")
    }
    return try field(depth: depth + 1)
  }

  /// A map of three levels: the map, `key_value` repeated, the key and the value.
  private mutating func map(
    _ map: FooterReader.Element,
    _ depth: Int
  ) throws(ReadError) -> ColumnType {
    guard map.children == 1 else { throw .malformed("the map \(map.name) has no one entry") }
    let middle = try take()
    guard middle.repetition == 2, middle.type == nil, middle.children == 2 else {
      throw .unsupported("the map \(map.name), which has not a key and a value")
    }
    let key = try field(depth: depth + 1)
    guard key.type == .string, !key.nullable else {
      throw .unsupported("the map \(map.name), whose keys are not text")
    }
    return .map(key: key, value: try field(depth: depth + 1))
  }
}

extension FooterReader.Element {
  /// The type of a leaf; throws `unsupported` where our writer would write it otherwise.
  func columnType() throws(ReadError) -> ColumnType {
    guard let type = candidate, let physical,
      Physical(type) == physical || Self.isDecimal(type, in: physical)
    else {
      throw .unsupported("the column \(name) of type \(typeText)")
    }
    return type
  }

  /// How the values lie in the file; nil for a type that we never write.
  var physical: Physical? {
    switch type {
    case 0: .boolean
    case 1: .int32
    case 2: .int64
    case 4: .float
    case 5: .double
    case 6: .bytes
    case 7: length.map { .fixed($0) }
    default: nil
    }
  }

  /// Whether a decimal that we write as an integer lies in bytes of a fixed number, as pyarrow
  /// writes every decimal.
  private static func isDecimal(_ type: ColumnType, in physical: Physical) -> Bool {
    guard case .decimal(let precision, _) = type, case .fixed(let length) = physical else {
      return false
    }
    return (Physical.length(precision)...16).contains(length)
  }

  private var candidate: ColumnType? {
    switch logical {
    case .none: type == 0 ? .boolean : plain
    case .string: .string
    case .json: .json
    case .uuid: .uuid
    case .float16: .float16
    case .date: .date
    case .decimal(let precision, let scale):
      (1...38).contains(precision) && (0...precision).contains(scale)
        ? .decimal(precision: precision, scale: scale) : nil
    case .time(let unit, _): .time(unit)
    case .timestamp(let unit, let utc): .timestamp(unit, utc: utc)
    case .integer(let bits, let signed):
      IntegerWidth(rawValue: "\(signed ? "i" : "u")\(bits)").map { .integer($0) }
    case .map, .list, .other: nil
    }
  }

  /// The older names of integers, which many writers still give alone (ConvertedType).
  private static let widths: [Int: IntegerWidth] = [
    11: .u8, 12: .u16, 13: .u32, 14: .u64, 15: .i8, 16: .i16, 17: .i32, 18: .i64,
  ]

  private var plain: ColumnType? {
    switch (physical, converted) {
    case (.int32, nil): .integer(.i32)
    case (.int64, nil): .integer(.i64)
    case (.float, nil): .float
    case (.double, nil): .double
    case (.bytes, nil): .binary
    case (.bytes, 0), (.bytes, 4): .string
    case (.bytes, 19): .json
    case (.int32, 6): .date
    case (.int64, 9): .timestamp(.millis, utc: true)
    case (.int64, 10): .timestamp(.micros, utc: true)
    case (_, let width?): Self.widths[width].map { .integer($0) }
    default: nil
    }
  }
}
