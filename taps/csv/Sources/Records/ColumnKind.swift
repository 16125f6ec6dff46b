import JSON

/// What the cells of a column are.
enum ColumnKind: Hashable, Sendable {
  case integer, number, boolean, date, string
  /// With a zone, or without one.
  case dateTime(isLocal: Bool)
  case decimal(precision: Int, scale: Int)

  /// The names that `types` takes.
  static let names = [
    "integer", "number", "boolean", "date", "date-time", "local-date-time", "string",
    "decimal(precision, scale)",
  ]

  /// Reads a name of `types`.
  init?(named name: String) {
    switch name.lowercased() {
    case "integer", "int": self = .integer
    case "number", "float", "double": self = .number
    case "boolean", "bool": self = .boolean
    case "date": self = .date
    case "date-time", "datetime", "timestamp": self = .dateTime(isLocal: false)
    case "local-date-time": self = .dateTime(isLocal: true)
    case "string", "text": self = .string
    case "decimal": self = .decimal(precision: 38, scale: 9)
    default:
      let text = name.lowercased().filter { $0 != " " }
      guard text.hasPrefix("decimal("), text.hasSuffix(")") else { return nil }
      let parts = text.dropFirst(8).dropLast().split(separator: ",").map { Int($0) }
      guard let first = parts.first, let precision = first, parts.count <= 2 else { return nil }
      guard let scale = parts.count == 2 ? parts[1] : 0 else { return nil }
      guard (1...38).contains(precision), (0...precision).contains(scale) else { return nil }
      self = .decimal(precision: precision, scale: scale)
    }
  }

  /// Reads a property of a JSON Schema; nil for what no cell can be.
  init?(_ schema: JSONValue) {
    let types =
      schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
    let named = types.filter { $0 != "null" }
    // Whatever a column without a type holds, text is true to it.
    guard let type = named.first else {
      self = .string
      return
    }
    switch type {
    case _ where named.count > 1: self = .string
    case "integer": self = .integer
    case "number": self = .number
    case "boolean": self = .boolean
    case "string":
      switch schema["format"]?.string {
      case "date": self = .date
      case "date-time":
        let zone = schema["airbyte_type"]?.string
        self = .dateTime(isLocal: zone == "timestamp_without_timezone")
      case "singer.decimal", "x-singer.decimal":
        let precision = schema["precision"]?.number?.int64 ?? 38
        let scale = schema["scale"]?.number?.int64 ?? 9
        self = .decimal(
          precision: Int(clamping: precision),
          scale: Int(clamping: scale)
        )
      default: self = .string
      }
    default: return nil
    }
  }

  /// The property of a JSON Schema.
  func schema(isNullable: Bool) -> JSONValue {
    var object = JSONObject()
    func type(_ name: String) -> JSONValue {
      isNullable ? .array(["null", .string(name)]) : .string(name)
    }
    switch self {
    case .integer: object["type"] = type("integer")
    case .number: object["type"] = type("number")
    case .boolean: object["type"] = type("boolean")
    case .string: object["type"] = type("string")
    case .date:
      object["type"] = type("string")
      object["format"] = "date"
    case .dateTime(let isLocal):
      object["type"] = type("string")
      object["format"] = "date-time"
      if isLocal { object["airbyte_type"] = "timestamp_without_timezone" }
    case .decimal(let precision, let scale):
      object["type"] = type("string")
      object["format"] = "singer.decimal"
      object["precision"] = .number(JSONNumber(precision))
      object["scale"] = .number(JSONNumber(scale))
    }
    return .object(object)
  }

  /// What a cell is not, in words.
  var noun: String {
    switch self {
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "true or false"
    case .string: "text"
    case .date: "a date (YYYY-MM-DD)"
    case .dateTime(false): "a date-time with a zone (2024-02-29T12:00:00Z)"
    case .dateTime(true): "a date-time without a zone (2024-02-29T12:00:00)"
    case .decimal(let precision, let scale): "a decimal(\(precision), \(scale))"
    }
  }

  /// The word for the kind in messages.
  var name: String {
    switch self {
    case .integer: "integer"
    case .number: "number"
    case .boolean: "boolean"
    case .string: "string"
    case .date: "date"
    case .dateTime(let isLocal): isLocal ? "local-date-time" : "date-time"
    case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
    }
  }
}
