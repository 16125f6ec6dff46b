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
    let columns = properties.filter { !$0.isMeasure }
    // Names that are Avro's as they are go before those that only become so.
    var taken = Set(columns.map(\.field).filter { Self.name($0) == $0 })
    let fields = columns.map { property in
      var name = Self.name(property.field)
      if name != property.field {
        while !taken.insert(name).inserted { name += "_" }
      }
      return field(property, name, "\(place).\(property.name)")
    }
    return ["type": "record", "name": .string(unique), "fields": .array(fields)]
  }

  private mutating func field(
    _ property: ContractProperty,
    _ name: String,
    _ place: String
  ) -> JSONValue {
    var field: JSONObject = ["name": .string(name)]
    if name != property.field {
      losses.append("\(place): the name, which is \(name) in Avro")
      field[AvroImport.nameKey] = .string(property.field)
    }
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
      if case .isoDate? = property.temporal?.form {
        losses.append("\(place): dates without a time, which become midnight in UTC")
        return Self.timestamp
      }
      return text(property, place)
    case .timestamp?: return timestamp(property, place)
    case .time?:
      guard case .isoTime? = property.temporal?.form else {
        return text(property, place)
      }
      if !property.isLocal { losses.append("\(place): offsets of times") }
      return ["type": "long", "logicalType": "time-micros"]
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

  /// With `timezone: false` the time of the place, else an instant.
  private mutating func timestamp(_ property: ContractProperty, _ place: String) -> JSONValue {
    guard case .isoTimestamp? = property.temporal?.form else {
      return text(property, place)
    }
    if property.isLocal { return ["type": "long", "logicalType": "local-timestamp-micros"] }
    if property.temporal?.zone == nil, !property.hasOffsets {
      losses.append("\(place): timestamps without an offset, which are taken for UTC")
    }
    return Self.timestamp
  }

  /// Times of a form of their own.
  private mutating func text(_ property: ContractProperty, _ place: String) -> JSONValue {
    losses.append("\(place): \(property.temporal?.expectation ?? "its format"), which stays text")
    return "string"
  }

  private static func decimal(_ precision: Int, _ scale: Int) -> JSONValue {
    [
      "type": "bytes", "logicalType": "decimal", "precision": .number(JSONNumber(precision)),
      "scale": .number(JSONNumber(scale)),
    ]
  }

  private func integer(_ property: ContractProperty) -> JSONValue {
    if let size = DecimalSize(property), size.scale == 0, property.number.width == nil {
      return Self.decimal(size.precision, 0)
    }
    return switch property.number.width?.name {
    case "i8"?, "i16"?, "i32"?, "u8"?, "u16"?: "int"
    case "u64"?: Self.decimal(20, 0)
    case "i128"?, "u128"?: Self.decimal(39, 0)
    default: "long"
    }
  }

  /// A decimal where the physical type is one, or the step is a power of ten; else a double.
  private func number(_ property: ContractProperty) -> JSONValue {
    if property.number.width?.name == "f32" { return "float" }
    if let size = DecimalSize(property) { return Self.decimal(size.precision, size.scale) }
    guard let step = property.number.multipleOf?.decimal, step.digits == [1], step.exponent <= 0,
      step.exponent >= -38
    else { return "double" }
    return Self.decimal(38, -step.exponent)
  }

  private mutating func noteLosses(_ property: ContractProperty, _ place: String) {
    var bounds = property.number
    bounds.width = nil
    // A decimal's scale says the same as a step of a power of ten.
    if bounds.multipleOf?.decimal.digits == [1] { bounds.multipleOf = nil }
    let has: [(String, Bool)] = [
      ("bounds", !bounds.isEmpty || property.temporal?.minimum != nil),
      ("lengths", property.minLength != nil || property.maxLength != nil),
      ("pattern", property.pattern != nil),
      ("format", property.format != nil && property.type == .string),
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
