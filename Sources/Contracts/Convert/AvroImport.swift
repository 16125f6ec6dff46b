import JSON

/// Reads an Avro record as an object of a contract.
struct AvroImport {
  var losses: [String] = []
  /// The attribute of a field whose own name Avro does not take.
  static let nameKey = "odcs-name"
  /// Fields whose record has another of the same name.
  var duplicates: [String] = []
  /// Named types that came before, by name.
  private var named: [String: JSONObject] = [:]

  mutating func object(_ record: JSONValue) -> JSONValue {
    let name = record["name"]?.string ?? "record"
    return [
      "name": .string(name), "logicalType": "object",
      "properties": .array(fields(record, name)),
    ]
  }

  private mutating func fields(_ record: JSONValue, _ place: String) -> [JSONValue] {
    let names = (record["fields"]?.array ?? []).map { $0["name"]?.string ?? "" }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      duplicates.append("\(place).\(name)")
    }
    return (record["fields"]?.array ?? []).map { field in
      let name = field[Self.nameKey]?.string ?? field["name"]?.string ?? ""
      var property: JSONObject = ["name": .string(name)]
      let (type, isNullable) = described(field["type"] ?? .null, "\(place).\(name)")
      for (key, value) in type.members { property[key] = value }
      if !isNullable { property["required"] = true }
      if let text = field["doc"]?.string { property["description"] = .string(text) }
      if let label = field["classification"] { property["classification"] = label }
      return .object(property)
    }
  }

  private mutating func described(_ type: JSONValue, _ place: String) -> (JSONObject, Bool) {
    guard let choices = type.array else { return (single(type, place), false) }
    let others = choices.filter { $0.string != "null" }
    if others.count == 1 { return (single(others[0], place), others.count < choices.count) }
    losses.append("\(place): a union of \(others.count) types")
    return (JSONObject(), others.count < choices.count)
  }

  private mutating func single(_ type: JSONValue, _ place: String) -> JSONObject {
    let name = type.string ?? type["type"]?.string ?? ""
    switch (name, type["logicalType"]?.string) {
    case (_, "date"?): return ContractImport.typed("date", ["format": "yyyy-MM-dd"])
    case (_, let logical?) where logical.hasPrefix("timestamp-"):
      return ContractImport.typed("timestamp")
    case (_, let logical?) where logical.hasPrefix("local-timestamp-"):
      return ContractImport.typed("timestamp", ["timezone": false])
    case (_, let logical?) where logical.hasPrefix("time-"):
      return ContractImport.typed("time", ["timezone": false])
    case (_, "uuid"?): return ContractImport.typed("string", ["format": "uuid"])
    case (_, "decimal"?): return decimal(type)
    default: break
    }
    switch name {
    case "string": return ContractImport.typed("string")
    case "boolean": return ContractImport.typed("boolean")
    case "int": return ContractImport.typed("integer", ["format": "i32"])
    case "long": return ContractImport.typed("integer", ["format": "i64"])
    case "float": return ContractImport.typed("number", ["format": "f32"])
    case "double": return ContractImport.typed("number", ["format": "f64"])
    case "bytes": return ContractImport.typed("string", ["format": "byte"])
    case "fixed":
      return keep(type, ContractImport.typed("string", ["format": "byte"]))
    case "enum":
      var property = ContractImport.typed("string")
      property["quality"] = ContractImport.oneOf(type["symbols"]?.array ?? [])
      return keep(type, property)
    case "array":
      var property = ContractImport.typed("array")
      property["items"] = .object(described(type["items"] ?? .null, "\(place)[]").0)
      return property
    case "map":
      losses.append("\(place): a map, which version 3.1.0 has not: an object")
      return ContractImport.typed("object")
    case "record":
      var property = ContractImport.typed("object")
      property["properties"] = .array(fields(type, place))
      return keep(type, property)
    default:
      if let known = named[name] ?? named[String(name.split(separator: ".").last ?? "")] {
        return known
      }
      losses.append("\(place): the type \(name)")
      return JSONObject()
    }
  }

  private mutating func keep(_ type: JSONValue, _ property: JSONObject) -> JSONObject {
    if let name = type["name"]?.string { named[name] = property }
    return property
  }

  private func decimal(_ type: JSONValue) -> JSONObject {
    let scale = type["scale"]?.number?.int64 ?? 0
    guard let precision = type["precision"]?.number?.int64, precision > 0 else {
      return scaled(scale)
    }
    var property = scaled(scale)
    property["physicalType"] = .string("decimal(\(precision),\(scale))")
    return property
  }

  private func scaled(_ scale: Int64) -> JSONObject {
    // Written out: a YAML 1.1 reader takes 1e-2 for text.
    let digits = String(repeating: "0", count: max(0, min(Int(scale), 100) - 1))
    guard scale > 0, let step = JSONNumber("0.\(digits)1") else {
      return ContractImport.typed(scale == 0 ? "integer" : "number")
    }
    return ContractImport.typed("number", ["multipleOf": .number(step)])
  }
}
