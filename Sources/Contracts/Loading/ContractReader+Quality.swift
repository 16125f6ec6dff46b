internal import JSON
internal import JSONSchema

extension ContractReader {
  /// The rules of a property, or of an object if `property` is nil.
  mutating func readRules(_ node: YAMLNode?, property: ContractProperty?) -> [QualityRule] {
    (node?.elements ?? []).compactMap { element in
      if case .mapping = element { readRule(element, property) } else { nil }
    }
  }

  private mutating func readRule(_ node: YAMLNode, _ property: ContractProperty?) -> QualityRule {
    let type = node["type"]?.text ?? "library"
    var comparisons = readComparisons(node)
    let metric: QualityRule.Metric
    switch type {
    case "library":
      metric = readMetric(node, property, &comparisons)
      if case .skipped(let reason) = metric {
        let name = node["metric"]?.text ?? node["rule"]?.text ?? "without a name"
        warn(node, "the rule \(name) is not evaluated: \(reason)", nil)
      }
    case "sql": metric = .skipped("sql rules need the loaded table")
    case "text": metric = .skipped("text rules are for people")
    case "custom":
      metric = .skipped("the engine \(node["engine"]?.text ?? "") is not evaluated here")
    default: metric = .skipped("unknown type")
    }
    let severity = node["severity"]?.text?.lowercased() ?? "error"
    let light = ["info", "low", "minor", "trivial", "warn", "warning"]
    let isWarning =
      light.contains(severity)
      && property?.isCritical != true
    let name = node["metric"]?.text ?? node["rule"]?.text ?? type
    return QualityRule(
      name: name,
      title: node["name"]?.text,
      metric: metric,
      comparisons: comparisons,
      isPercent: node["unit"]?.text?.lowercased() == "percent",
      isWarning: isWarning,
      query: type == "sql" ? node["query"]?.text : nil,
      mustBe: type == "sql" ? Self.result(node["mustBe"]) : nil,
      mustNotBe: type == "sql" ? Self.result(node["mustNotBe"]) : nil,
      document: node.json
    )
  }

  /// A text or a truth that a query may have for its result; nil for a number, quoted or not.
  private static func result(_ node: YAMLNode?) -> JSONValue? {
    switch node?.json {
    case .bool(let truth)?: .bool(truth)
    case .string(let text)? where JSONNumber(text) == nil: .string(text)
    default: nil
    }
  }

  private mutating func readMetric(
    _ node: YAMLNode,
    _ property: ContractProperty?,
    _ comparisons: inout [QualityRule.Comparison]
  ) -> QualityRule.Metric {
    let arguments = node["arguments"]
    let validNode = arguments?["validValues"] ?? node["validValues"]
    let valid = validNode?.elements?.map(\.json)
    checkList(validNode, "validValues", property)
    checkList(arguments?["missingValues"], "missingValues", nil)
    let none = QualityRule.Comparison.equal(JSONNumber(0))
    let name = node["metric"]?.text ?? node["rule"]?.text
    var metric: QualityRule.Metric
    switch name {
    case "rowCount"?, "row_count"?: metric = .rowCount
    case "nullValues"?, "nullCheck"?, "nullCount"?: metric = .nullValues
    case "missingValues"?:
      metric = .missingValues(arguments?["missingValues"]?.elements?.map(\.json) ?? [.null])
    case "invalidValues"?, "validValues"?:
      metric = readInvalid(node, arguments, valid)
      if comparisons.isEmpty, name == "validValues" { comparisons = [none] }
    case "duplicateValues"?, "duplicateCount"?, "unique"?:
      let names = arguments?["properties"]?.elements?.compactMap(\.text) ?? []
      metric = .duplicateValues(names)
      if comparisons.isEmpty, name == "unique" { comparisons = [none] }
      if property == nil, names.isEmpty { metric = .skipped("no properties are named") }
    case "between"?, "minCheck"?, "maxCheck"?:
      metric = Self.eachValue(name ?? "", property, comparisons, node["unit"]?.text)
    case let name?: metric = .skipped("the rule \(name) is not evaluated")
    case nil: return .skipped("no metric")
    }
    if let unit = node["unit"]?.text?.lowercased(), !["rows", "percent"].contains(unit) {
      metric = .skipped("the unit \(unit) is not known: there are rows and percent")
    }
    switch metric {
    case .skipped, .rowCount: break
    case .duplicateValues where property == nil: break
    default: if property == nil { metric = .skipped("it belongs to a property") }
    }
    if case .skipped = metric { return metric }
    return comparisons.isEmpty ? .skipped("no operator such as mustBe is given") : metric
  }

  /// A rule that each number keeps for itself, of version 3.0; why not, where its operators would
  /// judge the least or the greatest of them otherwise than every one.
  private static func eachValue(
    _ name: String,
    _ property: ContractProperty?,
    _ comparisons: [QualityRule.Comparison],
    _ unit: String?
  ) -> QualityRule.Metric {
    if let type = property?.type, type != .number, type != .integer {
      return .skipped("\(name) judges numbers, and the property is a \(type.rawValue)")
    }
    if unit?.lowercased() == "percent" {
      return .skipped("\(name) judges every value: a percentage of them is not evaluated")
    }
    let isFit = comparisons.allSatisfy { comparison in
      switch (name, comparison) {
      case ("between", _), ("minCheck", .greater), ("minCheck", .greaterOrEqual),
        ("maxCheck", .less), ("maxCheck", .lessOrEqual):
        true
      default: false
      }
    }
    guard !isFit else { return .eachValue }
    let fitting = name == "minCheck" ? "mustBeGreaterOrEqualTo" : "mustBeLessOrEqualTo"
    return .skipped("\(name) is evaluated with \(fitting) and its like only")
  }

  /// A list of values that is none, or has values that the property cannot have.
  private mutating func checkList(_ node: YAMLNode?, _ key: String, _ property: ContractProperty?) {
    guard let node, !node.isNull else { return }
    guard let elements = node.elements else {
      return warn(node, "\(key) is no list: the rule is not evaluated", "Write [a, b].")
    }
    if let property { checkKinds(elements, property, key) }
  }

  private mutating func readInvalid(
    _ node: YAMLNode,
    _ arguments: YAMLNode?,
    _ valid: [JSONValue]?
  ) -> QualityRule.Metric {
    let pattern = arguments?["pattern"]?.text
    guard valid != nil || pattern != nil else { return .skipped("no validValues are given") }
    if let pattern {
      do throws(Pattern.Problem) {
        _ = try Pattern(pattern)
      } catch let problem {
        error(arguments?["pattern"], "the pattern \(pattern): \(problem.reason)", problem.hint)
      }
    }
    return .invalidValues(valid: valid, pattern: pattern)
  }

  private mutating func readComparisons(_ node: YAMLNode) -> [QualityRule.Comparison] {
    var comparisons: [QualityRule.Comparison] = []
    let isSQL = node["type"]?.text == "sql"
    let isCounted = ["library", nil].contains(node["type"]?.text)
    let single: [(String, (JSONNumber) -> QualityRule.Comparison)] = [
      ("mustBe", { .equal($0) }), ("mustNotBe", { .notEqual($0) }),
      ("mustBeGreaterThan", { .greater($0) }), ("mustBeGreaterOrEqualTo", { .greaterOrEqual($0) }),
      ("mustBeLessThan", { .less($0) }), ("mustBeLessOrEqualTo", { .lessOrEqual($0) }),
    ]
    for (key, make) in single {
      guard let value = node[key], !value.isNull else { continue }
      if let number = value.json.number {
        comparisons.append(make(number))
      } else if isSQL, ["mustBe", "mustNotBe"].contains(key), Self.result(value) != nil {
        continue
      } else if let text = value.text, isSQL || isCounted {
        let isNumber = JSONNumber(text) != nil
        warn(
          value,
          "\(key) is the \(value.json.bool == nil ? "text \"\(text)\"" : "boolean \(text)"), not a number: the rule is not evaluated",
          isNumber ? "Write \(key): \(text), without quotes." : nil
        )
      }
    }
    for key in ["mustBeBetween", "mustNotBeBetween"] {
      guard let value = node[key], !value.isNull else { continue }
      let bounds = value.elements?.compactMap(\.json.number) ?? []
      guard bounds.count == 2, bounds[0] < bounds[1] else {
        error(value, "\(key) is not two numbers, the smaller first", "Write [1, 10].")
        continue
      }
      comparisons.append(
        key == "mustBeBetween" ? .between(bounds[0], bounds[1]) : .notBetween(bounds[0], bounds[1])
      )
    }
    let operators = node.members.filter { $0.key.hasPrefix("must") && !$0.value.isNull }
    let isCounting = node["metric"] != nil || ["library", "sql"].contains(node["type"]?.text)
    if version >= .v310, isCounting, operators.count != 1 {
      error(
        node,
        operators.isEmpty ? "a rule without operator" : "a rule with two operators",
        "From v3.1.0 on each rule has exactly one, such as mustBe: 0."
      )
    }
    return comparisons
  }
}
