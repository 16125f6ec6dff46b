/// A type of the predecessor's fields as a logicalType of ODCS.
struct V1Type {
  let name: String
  /// nil for a type that nobody knows.
  private(set) var logical: String?
  /// A size that the type states, which logicalType cannot.
  private(set) var physical: String?
  /// The logicalType of the elements of an array.
  private(set) var item: String?

  /// Whether whole numbers were taken for seconds since 1970.
  var isEpoch: Bool { logical == "timestamp" }

  init(_ text: String) {
    name = text
    let lower = text.lowercased()
    let base = lower.prefix { $0 != "(" && $0 != "<" }
    logical = Self.logical[String(base)]
    if base.count < lower.count, lower.hasSuffix(")") { physical = text }
    if logical == "array", lower.hasSuffix(">") {
      item = Self.logical[String(lower.dropFirst(base.count + 1).dropLast())]
    }
  }

  private static let logical = [
    "string": "string", "str": "string", "text": "string", "varchar": "string", "char": "string",
    "uuid": "string", "json": "string", "binary": "string",
    "integer": "integer", "int": "integer", "long": "integer", "bigint": "integer",
    "smallint": "integer",
    "float": "number", "double": "number", "decimal": "number", "number": "number",
    "numeric": "number",
    "boolean": "boolean", "bool": "boolean",
    "date": "date", "timestamp": "timestamp", "datetime": "timestamp", "time": "time",
    "object": "object", "struct": "object", "array": "array", "list": "array",
  ]
}
