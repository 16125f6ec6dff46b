internal import JSON
internal import JSONSchema

extension ContractReader {
  mutating func readOptions(_ owner: YAMLNode, _ property: inout ContractProperty) {
    let given = owner["logicalTypeOptions"]
    if let node = given, !node.isNull {
      guard case .mapping(let members, _) = node else {
        error(node, "logicalTypeOptions is not a mapping", "Write maxLength: 10, without a dash.")
        return
      }
      if let type = property.type, owner["logicalType"] != nil {
        if let form = Form.options(type) { check(node, as: form) }
      } else if !members.isEmpty {
        error(node, "logicalTypeOptions without logicalType", "Write the logicalType too.")
      }
    }
    let node = given ?? .mapping([], YAMLNode.Mark(line: 1, column: 1))
    switch property.type {
    case .string?: readTextOptions(node, &property)
    case .integer?, .number?: readNumberOptions(node, &property)
    case .date?, .timestamp?, .time?: readTemporalOptions(node, &property)
    case .array?:
      (property.minItems, property.maxItems) = readRange(node, "minItems", "maxItems")
      property.uniqueItems = readBool(node, "uniqueItems")
    case .object?, .map?:
      (property.minProperties, property.maxProperties) = readRange(
        node,
        "minProperties",
        "maxProperties"
      )
      property.requiredMembers = (node["required"]?.elements ?? []).compactMap(\.text)
      if let names = node["required"]?.elements, Set(names.map(\.json)).count < max(names.count, 1)
      {
        error(node["required"], "required is an empty list, or has a name twice", nil)
      }
    case .vector?: readVector(node, &property)
    case .boolean?, nil: break
    }
  }

  private mutating func readTextOptions(_ node: YAMLNode, _ property: inout ContractProperty) {
    (property.minLength, property.maxLength) = readRange(node, "minLength", "maxLength")
    property.format = node["format"]?.text
    guard let pattern = node["pattern"], let text = pattern.text else { return }
    do throws(Pattern.Problem) {
      _ = try Pattern(text)
      property.pattern = text
    } catch let problem {
      error(
        pattern,
        "the pattern \(text) is no regular expression: \(problem.reason)",
        problem.hint
      )
    }
  }

  /// A pair of counts, the smaller not above the larger.
  private mutating func readRange(_ node: YAMLNode, _ low: String, _ high: String) -> (Int?, Int?) {
    let minimum = readCount(node, low)
    let maximum = readCount(node, high)
    if let minimum, let maximum, minimum > maximum {
      error(node[high], "\(high) \(maximum) is less than \(low) \(minimum)", nil)
    }
    return (minimum, maximum)
  }

  private mutating func readCount(_ node: YAMLNode, _ key: String) -> Int? {
    guard let value = node[key], let count = value.json.number?.int64 else { return nil }
    if count < 0 { error(value, "\(key) is not a count", "Write a whole number of 0 or more.") }
    return Int(max(count, 0))
  }

  private func readNumber(_ node: YAMLNode, _ key: String) -> JSONNumber? {
    node[key]?.json.number
  }

  private mutating func readNumberOptions(_ node: YAMLNode, _ property: inout ContractProperty) {
    var rules = NumberRules()
    rules.minimum = readNumber(node, "minimum")
    rules.maximum = readNumber(node, "maximum")
    if let isExclusive = readExclusive(node, "exclusiveMinimum", "minimum", isNumber: true) {
      if isExclusive { swap(&rules.minimum, &rules.exclusiveMinimum) }
    } else {
      rules.exclusiveMinimum = readNumber(node, "exclusiveMinimum")
    }
    if let isExclusive = readExclusive(node, "exclusiveMaximum", "maximum", isNumber: true) {
      if isExclusive { swap(&rules.maximum, &rules.exclusiveMaximum) }
    } else {
      rules.exclusiveMaximum = readNumber(node, "exclusiveMaximum")
    }
    if let low = rules.minimum ?? rules.exclusiveMinimum,
      let high = rules.maximum ?? rules.exclusiveMaximum, high < low
    {
      let place = node["maximum"] ?? node["exclusiveMaximum"]
      error(place, "the maximum \(high.text) is less than the minimum \(low.text)", nil)
    } else if let low = rules.exclusiveMinimum ?? rules.minimum,
      let high = rules.exclusiveMaximum ?? rules.maximum, low == high,
      rules.exclusiveMinimum != nil || rules.exclusiveMaximum != nil
    {
      warnOfNothing(node, low.text)
    }
    if let step = readNumber(node, "multipleOf") {
      if JSONNumber(0) < step {
        rules.multipleOf = step
      } else {
        error(node["multipleOf"], "multipleOf is not above 0", nil)
      }
    }
    if let format = node["format"], let name = format.text {
      rules.width = NumberRules.Width(named: name, isInteger: property.type == .integer)
      if rules.width == nil, !(property.type == .number && name == "f64") {
        let names =
          property.type == .integer
          ? "i8, i16, i32, i64, i128, u8, u16, u32, u64, u128" : "f32, f64"
        error(
          format,
          "unknown format \"\(name)\" of a \(property.type?.rawValue ?? "number")",
          "It is one of \(names)."
        )
      }
    }
    property.number = rules
  }

  /// The truth of a boolean `exclusiveMaximum`, as version 3.0 has it; nil for a bound of its own.
  private mutating func readExclusive(
    _ node: YAMLNode,
    _ key: String,
    _ bound: String,
    isNumber: Bool
  ) -> Bool? {
    guard let value = node[key], !value.isNull else { return nil }
    let isBool = value.json.bool != nil
    if !isBool, value.text == nil || (isNumber && value.json.number == nil) {
      error(value, "\(key) is no bound", nil)
      return nil
    }
    if isBool == version.hasNumericExclusives {
      if isBool {
        error(value, "\(key) is a boolean", "In \(version.rawValue) it is the bound itself.")
      } else {
        warn(value, "\(key) is a boolean in \(version.rawValue); read as the bound itself")
      }
    }
    if value.json.bool == true, node[bound] == nil {
      warn(value, "\(key): true does nothing without \(bound)")
    }
    return value.json.bool
  }

  private mutating func readTemporalOptions(_ node: YAMLNode, _ property: inout ContractProperty) {
    var rules = TemporalRules(form: .isoDate, expectation: "a date such as 2024-01-31 (RFC 3339)")
    switch property.type {
    case .timestamp?:
      rules.form = .isoTimestamp
      rules.expectation = "a timestamp such as 2024-01-31T14:22:35Z"
    case .time?:
      rules.form = .isoTime
      rules.expectation = "a time such as 14:22:35"
    default: break
    }
    if let format = node["format"], let text = format.text {
      do throws(DatePattern.Problem) {
        let pattern = try DatePattern(text)
        rules.form = .pattern(pattern)
        rules.expectation = "a date of the form \(text)"
        if let tolerated = pattern.tolerated {
          warn(format, "the date format \(text): \(tolerated)")
        }
      } catch let problem {
        rules.form = .unread
        property.format = text
        warn(format, "the date format \(text) is not evaluated: \(problem.reason)")
      }
    }
    rules.zone = readZone(node["defaultTimezone"])
    rules.minimum = readBound(node, "minimum", "exclusiveMinimum", rules)
    rules.maximum = readBound(node, "maximum", "exclusiveMaximum", rules)
    if let low = rules.minimum, let high = rules.maximum, high.instant.precedes(low.instant) {
      error(node["maximum"], "the maximum \(high.text) is before the minimum \(low.text)", nil)
    } else if let low = rules.minimum, let high = rules.maximum,
      low.isExclusive || high.isExclusive, !low.instant.precedes(high.instant)
    {
      warnOfNothing(node, low.text)
    }
    property.temporal = rules
  }

  /// Equal bounds of which one is exclusive.
  private mutating func warnOfNothing(_ node: YAMLNode, _ bound: String) {
    let place = node["exclusiveMaximum"] ?? node["exclusiveMinimum"] ?? node["maximum"]
    warn(place, "no value is within the bounds: both are \(bound), and one is exclusive")
  }

  private mutating func readZone(_ node: YAMLNode?) -> Zone? {
    guard let node, let text = node.text else { return nil }
    if let zone = Zone(text) { return zone }
    let near = Nearest.name(to: text, among: Zone.names)
    warn(
      node,
      "unknown time zone \"\(text)\"",
      near.map { "Did you mean \"\($0)\"?" }
        ?? "It is a name of the tz database such as Europe/Berlin, or an offset such as +02:00."
    )
    // Nothing is known of its offsets either.
    return .named(text)
  }

  private mutating func readBound(
    _ node: YAMLNode,
    _ key: String,
    _ exclusive: String,
    _ rules: TemporalRules
  ) -> TemporalRules.Bound? {
    let isExclusive = readExclusive(node, exclusive, key, isNumber: false)
    let place = isExclusive == nil ? node[exclusive] ?? node[key] : node[key]
    guard let place, let text = place.text else { return nil }
    let isBoundItself = isExclusive == nil && node[exclusive]?.isNull == false
    var instant = rules.instant(text)
    if case .unread = rules.form { instant = nil }
    var iso = TemporalRules(form: .isoDate, expectation: "")
    iso.zone = rules.zone
    guard let instant = instant ?? iso.instant(text) else {
      error(place, "\(text) is not \(rules.expectation)", nil)
      return nil
    }
    return TemporalRules.Bound(
      text: text,
      instant: instant,
      isExclusive: isExclusive == true || isBoundItself
    )
  }

  private mutating func readVector(_ node: YAMLNode, _ property: inout ContractProperty) {
    guard let dimensions = readCount(node, "dimensions"), dimensions > 0 else {
      error(node, "a vector without dimensions", "Write dimensions: 3.")
      return
    }
    property.minItems = dimensions
    property.maxItems = dimensions
    var element = ContractProperty(name: "element")
    element.isRequired = true
    let width: (LogicalType, String?)? =
      switch node["elementType"]?.text {
      case "int8"?: (.integer, "i8")
      case "uint8"?: (.integer, "u8")
      case "binary"?: (.integer, nil)
      case "float16"?, "bfloat16"?:
        (.number, node["elementType"]?.text == "float16" ? "f16" : "f32")
      case "float64"?: (.number, "f64")
      default: (.number, "f32")
      }
    element.type = width?.0
    if let name = width?.1 {
      element.number.width = .init(named: name, isInteger: width?.0 == .integer)
    }
    if node["elementType"]?.text == "binary" {
      element.number.minimum = JSONNumber(0)
      element.number.maximum = JSONNumber(1)
    }
    property.items = [element]
  }
}

extension NumberRules.Width {
  /// The range of an integer format, of `f32` or `f64`; nil for a name that is none.
  init?(named name: String, isInteger: Bool) {
    guard isInteger else {
      // What is nearer to the largest number than to infinity is that number.
      let largest = [
        "f16": "65519.99", "f32": "3.4028235677973365E38", "f64": "1.7976931348623158E308",
      ]
      guard let text = largest[name], let low = JSONNumber("-\(text)"), let high = JSONNumber(text)
      else { return nil }
      self.init(name, low, high)
      return
    }
    guard let sign = name.first, sign == "i" || sign == "u", let bits = Int(name.dropFirst()),
      [8, 16, 32, 64, 128].contains(bits)
    else { return nil }
    let isSigned = sign == "i"
    let highest = UInt128.max >> UInt128(128 - bits + (isSigned ? 1 : 0))
    let lowest = isSigned ? "-\(highest + 1)" : "0"
    guard let low = JSONNumber(lowest) else { return nil }
    self.init(name, low, JSONNumber(highest))
  }
}
