internal import Columns
internal import JSON

extension Field {
  /// The column of a schema with one scalar type.
  init(_ name: String, scalar schema: JSONValue) {
    switch schema["type"]?.string {
    case "boolean": self.init(name, .boolean)
    case "integer": self.init(integer: name, schema)
    case "number":
      if schema["airbyte_type"]?.string == "integer" {
        self.init(integer: name, schema)
      } else if let type = Self.decimal(schema) {
        self.init(name, type, alternatives: [.string])
      } else {
        self.init(name, .double, alternatives: [.decimal(precision: 38, scale: 18), .string])
      }
    case "string": self.init(text: name, schema)
    default: self.init(name, .json)
    }
  }

  private init(integer name: String, _ schema: JSONValue) {
    let wide = schema["maximum"]?.number.map { $0.isInteger && $0.int64 == nil } ?? false
    let type = wide ? .decimal(precision: 20, scale: 0) : Self.integer(schema)
    var next: [ColumnType] = [.decimal(precision: 38, scale: 0), .string]
    if case .integer(let width) = type, width != .i64 { next.insert(.integer(.i64), at: 0) }
    self.init(name, type, alternatives: next)
  }

  /// The narrowest signed integer that holds both bounds; 64 bits where one is missing.
  private static func integer(_ schema: JSONValue) -> ColumnType {
    guard let low = (schema["minimum"] ?? schema["exclusiveMinimum"])?.number?.int64,
      let high = (schema["maximum"] ?? schema["exclusiveMaximum"])?.number?.int64
    else { return .integer(.i64) }
    let widths: [(IntegerWidth, ClosedRange<Int64>)] = [
      (.i8, -128...127), (.i16, -32_768...32_767), (.i32, -2_147_483_648...2_147_483_647),
    ]
    let narrow = widths.first { $0.1.contains(low) && $0.1.contains(high) }
    return .integer(narrow?.0 ?? .i64)
  }

  private init(text name: String, _ schema: JSONValue) {
    if schema["contentEncoding"]?.string == "base64" {
      self.init(name, .binary, alternatives: [.string])
      return
    }
    switch schema["format"]?.string {
    case "singer.decimal", "x-singer.decimal":
      let type = Self.decimal(schema) ?? .decimal(precision: 38, scale: 9)
      self.init(name, type, alternatives: [.decimal(precision: 38, scale: 18), .string])
    case "date-time":
      let local = schema["airbyte_type"]?.string == "timestamp_without_timezone"
      self.init(name, .timestamp(.micros, utc: !local))
    case "date": self.init(name, .date)
    case "time": self.init(name, .time(.micros))
    case "uuid": self.init(name, .uuid, alternatives: [.string])
    default: self.init(name, .string)
    }
  }

  /// The column of a union: `branches` has at least two, none of them null.
  init(_ name: String, union branches: [JSONValue]) {
    let types = Set(branches.map { $0["type"]?.string ?? "" })
    let plain = branches.contains { $0["type"]?.string == "string" && $0["format"] == nil }
    let dated = branches.first { $0["format"]?.string == "date-time" }
    if types == ["string"], plain, let dated, branches.count == 2 {
      self.init(name, scalar: dated)
      alternatives = [.string]
    } else if types == ["integer", "number"],
      let number = branches.first(where: { $0["type"]?.string == "number" })
    {
      self.init(name, scalar: number)
    } else if types.contains("string"),
      types.isSubset(of: ["string", "boolean", "integer", "number"])
    {
      self.init(name, .string)
    } else {
      self.init(name, .json)
    }
  }

  /// The decimal that `precision` and `scale`, or `multipleOf` and `maximum`, describe.
  private static func decimal(_ schema: JSONValue) -> ColumnType? {
    let step = schema["multipleOf"]?.number?.decimal
    // Only a power of ten tells a scale.
    let stepScale = step.flatMap { $0.digits == [1] && $0.exponent <= 0 ? $0.scale : nil }
    let declared = schema["precision"]?.number?.int64.flatMap { Int(exactly: $0) }
    guard
      let scale = schema["scale"]?.number?.int64.flatMap({ Int(exactly: $0) }) ?? stepScale
        ?? (declared == nil ? nil : 0)
    else { return nil }
    var precision = declared ?? 38
    if declared == nil, let maximum = schema["maximum"]?.number?.decimal {
      let whole = maximum.digits.count + maximum.exponent
      // 10^n as an exclusive bound has n digits before the point.
      precision = (maximum.digits == [1] ? whole - 1 : max(whole, 0)) + scale
    }
    // What no decimal holds is better a double that goes on as one than a narrow decimal.
    guard precision > 0, precision <= 38, scale >= 0, scale <= precision else { return nil }
    guard scale <= 18 || precision < 38 || declared != nil else { return nil }
    return .decimal(precision: precision, scale: scale)
  }
}
