internal import Contracts
internal import JSON

/// The fields of an asset as the properties of a contract.
struct V1Fields {
  private let expectations: [Marked]
  private var used: Set<Int> = []
  /// Classifications by field, from a job.
  var classifications: Marked?

  init(expectations: [Marked]) { self.expectations = expectations }

  /// What ODCS calls by the same name.
  private static let same = [
    "businessName", "physicalName", "physicalType", "description", "tags", "examples", "unique",
    "primaryKey", "primaryKeyPosition", "partitioned", "partitionKeyPosition",
    "criticalDataElement", "encryptedName", "transformSourceObjects", "transformLogic",
    "transformDescription", "authoritativeDefinitions", "customProperties", "logicalTypeOptions",
  ]

  mutating func property(_ field: Marked, _ notes: inout ImportNotes) -> JSONObject? {
    guard let name = field["name"]?.text else {
      notes.left(field, "a field without a name")
      return nil
    }
    var property: JSONObject = ["name": .string(name)]
    let type = V1Type((field["type"] ?? field["logicalType"])?.text ?? "string")
    property["logicalType"] = type.logical.map { .string($0) }
    if type.logical == nil, let place = field["type"] {
      notes.left(place, "the type \"\(type.name)\" of \(name): the contract takes any value there")
    }
    if let physical = type.physical { property["physicalType"] = .string(physical) }
    if let item = type.item { property["items"] = ["logicalType": .string(item)] }
    if type.isEpoch {
      property["customProperties"] = [["property": "dativo.coerce", "value": ["epoch_s"]]]
    }
    if field["required"]?.json.bool == true { property["required"] = true }
    for key in Self.same { if let value = field[key] { property[key] = value.json } }
    if let texts = field["classification"]?.texts, let first = texts.first?.text {
      property["classification"] = .string(first)
    }
    if let over = classifications?[name] ?? classifications?["default"] {
      property["classification"] = over.json
    }
    for part in ["fields", "properties"] {
      let parts = field[part]?.elements ?? []
      guard !parts.isEmpty else { continue }
      property["properties"] = .array(
        parts.compactMap { self.property($0, &notes).map { .object($0) } }
      )
    }
    bounds(field, name, &property)
    var rules: [JSONValue] = []
    expected(name, &property, &rules)
    quality(field, name, &rules, &notes)
    if !rules.isEmpty { property["quality"] = .array(rules) }
    strangers(field, name, &notes)
    return property
  }

  private func bounds(_ field: Marked, _ name: String, _ property: inout JSONObject) {
    let names = [
      ("min", "minimum"), ("max", "maximum"), ("minimum", "minimum"), ("maximum", "maximum"),
      ("pattern", "pattern"), ("min_length", "minLength"), ("max_length", "maxLength"),
    ]
    for (key, option) in names {
      guard let value = field[key] else { continue }
      var options = property["logicalTypeOptions"]?.object ?? JSONObject()
      options[option] = value.json
      property["logicalTypeOptions"] = .object(options)
    }
  }

  /// The expectations of `data_quality` that name this field.
  private mutating func expected(
    _ name: String,
    _ property: inout JSONObject,
    _ rules: inout [JSONValue]
  ) {
    for (index, expectation) in expectations.enumerated()
    where (expectation["column"] ?? expectation["field"])?.text == name {
      switch expectation["type"]?.text {
      case "not_null": property["required"] = true
      case "unique": property["unique"] = true
      case "accepted_values":
        guard let values = expectation["values"]?.json else { continue }
        var rule: JSONObject = [
          "type": "library", "metric": "invalidValues", "arguments": ["validValues": values],
          "mustBe": 0,
        ]
        rule["severity"] = expectation["severity"]?.json
        rule["dimension"] = expectation["dimension"]?.json
        rules.append(.object(rule))
      default: continue
      }
      used.insert(index)
    }
  }

  /// Rules of the field that are whole.
  private func quality(
    _ field: Marked,
    _ name: String,
    _ rules: inout [JSONValue],
    _ notes: inout ImportNotes
  ) {
    for rule in field["quality"]?.elements ?? [] {
      let label = rule["name"]?.text ?? rule["rule"]?.text ?? "a rule"
      let isWhole = rule.members.contains {
        $0.key.hasPrefix("mustBe") || $0.key.hasPrefix("mustNot")
      }
      guard isWhole else {
        notes.left(
          rule,
          "the quality rule \(label) of \(name) does not say what it expects",
          hint: "Add `mustBe: 0`, with `arguments: {validValues: […]}` if that is meant."
        )
        continue
      }
      var object = JSONObject()
      for (key, value) in rule.members {
        object[key == "rule" ? "metric" : key] = value.json
      }
      if let query = rule["query"]?.text {
        let parts = query.split(separator: "${table}", omittingEmptySubsequences: false)
        object["query"] = .string(parts.joined(separator: "{table}"))
      }
      rules.append(.object(object))
    }
  }

  private func strangers(_ field: Marked, _ name: String, _ notes: inout ImportNotes) {
    let known: Set<String> = [
      "name", "type", "logicalType", "required", "classification", "fields", "properties",
      "quality", "min", "max", "minimum", "maximum", "pattern", "min_length", "max_length",
    ]
    for (key, value) in field.members where !known.contains(key) && !Self.same.contains(key) {
      notes.left(value, "\"\(key)\" of the field \(name)")
    }
  }

  /// Tells of the expectations that no property took.
  func unused(_ notes: inout ImportNotes) {
    for (index, expectation) in expectations.enumerated() where !used.contains(index) {
      let column = (expectation["column"] ?? expectation["field"])?.text.map { " of \($0)" } ?? ""
      notes.left(
        expectation,
        "the expectation \(expectation["type"]?.text ?? "")\(column)",
        hint: "Write it as a rule under `quality` in the contract."
      )
    }
  }
}
