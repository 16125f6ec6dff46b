package import JSON
internal import JSONSchema

extension ContractObject {
  /// The object as an Avro record (specification 1.11).
  ///
  /// `losses` gets what Avro cannot say.
  package func avro(namespace: String, _ losses: inout [String]) -> JSONValue {
    var writer = AvroWriter()
    let record = writer.record(name, properties, name)
    losses += writer.losses
    for rule in rules { losses.append("\(name): the rule \(rule.summary)") }
    guard case .object(var object) = record else { return record }
    if !namespace.isEmpty { object["namespace"] = .string(namespace) }
    return .object(object)
  }
}

/// Writes types, each record under a name of its own.
private struct AvroWriter {
  var losses: [String] = []
  private var names: Set<String> = []

  mutating func record(
    _ name: String,
    _ properties: [ContractProperty],
    _ place: String
  ) -> JSONValue {
    var unique = Self.name(name)
    while !names.insert(unique).inserted { unique += "_" }
    let fields = properties.filter { !$0.isMeasure }.map { field($0, "\(place).\($0.name)") }
    return ["type": "record", "name": .string(unique), "fields": .array(fields)]
  }

  private mutating func field(_ property: ContractProperty, _ place: String) -> JSONValue {
    let name = Self.name(property.field)
    if name != property.field { losses.append("\(place): the name, which is \(name) in Avro") }
    var field: JSONObject = ["name": .string(name)]
    let type = type(property, place)
    if property.isRequired || property.keyPosition != nil {
      field["type"] = type
    } else {
      field["type"] = ["null", type]
      field["default"] = .null
    }
    if let label = property.classification { field["classification"] = .string(label) }
    noteLosses(property, place)
    return .object(field)
  }

  private mutating func type(_ property: ContractProperty, _ place: String) -> JSONValue {
    switch property.type {
    case .string?: return "string"
    case .boolean?: return "boolean"
    case .integer?: return integer(property)
    case .number?: return number(property)
    case .date?:
      if property.temporal?.isDay ?? false { return ["type": "int", "logicalType": "date"] }
      if case .isoDate? = property.temporal?.form { return Self.timestamp }
      return "string"
    case .timestamp?: return Self.timestamp
    case .time?: return ["type": "long", "logicalType": "time-micros"]
    case .object?:
      guard !property.properties.isEmpty else { break }
      return record(property.name, property.properties, place)
    case .array?, .vector?:
      guard let item = property.items.first else { break }
      return ["type": "array", "items": element(item, "\(place)[]")]
    case .map?:
      guard let value = property.items.first else { break }
      return ["type": "map", "values": element(value, "\(place){}")]
    case nil: break
    }
    losses.append("\(place): its type; it is a string of JSON in Avro")
    return "string"
  }

  private mutating func element(_ property: ContractProperty, _ place: String) -> JSONValue {
    noteLosses(property, place)
    let type = type(property, place)
    return property.isRequired ? type : ["null", type]
  }

  private static let timestamp: JSONValue = ["type": "long", "logicalType": "timestamp-micros"]

  private func integer(_ property: ContractProperty) -> JSONValue {
    switch property.number.width?.name {
    case "i8"?, "i16"?, "i32"?, "u8"?, "u16"?: "int"
    case "u64"?: ["type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0]
    case "i128"?, "u128"?: ["type": "bytes", "logicalType": "decimal", "precision": 39, "scale": 0]
    default: "long"
    }
  }

  /// A decimal where the step is a power of ten, else a double.
  private func number(_ property: ContractProperty) -> JSONValue {
    if property.number.width?.name == "f32" { return "float" }
    guard let step = property.number.multipleOf?.decimal, step.digits == [1], step.exponent <= 0
    else { return "double" }
    return [
      "type": "bytes", "logicalType": "decimal", "precision": 38,
      "scale": .number(JSONNumber(-step.exponent)),
    ]
  }

  private mutating func noteLosses(_ property: ContractProperty, _ place: String) {
    var bounds = property.number
    bounds.width = nil
    bounds.multipleOf = nil
    let has: [(String, Bool)] = [
      ("bounds", !bounds.isEmpty || property.temporal?.minimum != nil),
      ("lengths", property.minLength != nil || property.maxLength != nil),
      ("pattern", property.pattern != nil), ("format", property.format != nil),
      ("enum", property.choices != nil), ("unique", property.isUnique),
      ("primary key", property.keyPosition != nil),
      ("numbers of items", property.minItems != nil || property.maxItems != nil),
    ]
    losses += has.filter(\.1).map { "\(place): \($0.0)" }
    losses += property.rules.map { "\(place): the rule \($0.summary)" }
  }

  /// A name as Avro takes it: letters, digits and `_`, no digit in front.
  private static func name(_ text: String) -> String {
    var name = ""
    for letter in text.unicodeScalars {
      let isPlain =
        letter.isASCII
        && (letter.properties.isAlphabetic || letter.properties.numericType != nil || letter == "_")
      name.unicodeScalars.append(isPlain ? letter : "_")
    }
    let isFine = name.first.map { !$0.isNumber } ?? false
    return isFine ? name : "_\(name)"
  }
}
