import Columns

/// The spelling of a scalar column type in the commit log and in messages.
struct TypeText: Equatable {
  let text: String

  init(_ type: ColumnType) {
    text =
      switch type {
      case .boolean: "boolean"
      case .integer(let width): width.rawValue
      case .float16: "float16"
      case .float: "float"
      case .double: "double"
      case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
      case .string: "string"
      case .json: "json"
      case .uuid: "uuid"
      case .binary: "binary"
      case .date: "date"
      case .time(let unit): "time(\(unit.rawValue))"
      case .timestamp(let unit, let utc): "timestamp(\(unit.rawValue),\(utc ? "utc" : "local"))"
      case .structure: "struct"
      case .list: "list"
      case .map: "map"
      }
  }

  init(_ text: String) { self.text = text }

  /// The scalar type that `text` spells; nil for a nested or an unknown one.
  var scalar: ColumnType? {
    let parts = text.split(whereSeparator: { "(,)".contains($0) }).map(String.init)
    switch (parts.first, parts.count) {
    case ("boolean", 1): return .boolean
    case ("float16", 1): return .float16
    case ("float", 1): return .float
    case ("double", 1): return .double
    case ("string", 1): return .string
    case ("json", 1): return .json
    case ("uuid", 1): return .uuid
    case ("binary", 1): return .binary
    case ("date", 1): return .date
    case ("decimal", 3):
      guard let precision = Int(parts[1]), let scale = Int(parts[2]) else { return nil }
      return .decimal(precision: precision, scale: scale)
    case ("time", 2): return TimeUnit(rawValue: parts[1]).map { .time($0) }
    case ("timestamp", 3):
      return TimeUnit(rawValue: parts[1]).map { .timestamp($0, utc: parts[2] == "utc") }
    case (let name?, 1): return IntegerWidth(rawValue: name).map { .integer($0) }
    default: return nil
    }
  }
}
