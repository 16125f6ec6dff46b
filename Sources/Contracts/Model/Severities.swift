package import JSON
package import JSONSchema

/// What a breach of a rule weighs, where a setting says otherwise than the contract.
///
/// Keys are names of rules, for every field (`format`), or of one field of an object
/// (`orders.email.format`, `orders.lines.*.price.minimum`); the more exact one counts.
package struct Severities: Sendable {
  /// Why an override was refused.
  package struct Problem: Error, Hashable, Sendable {
    /// The key that is wrong; nil for the whole.
    package let key: String?
    package let message: String
    package let hint: String?
  }

  /// The overrides of one stream.
  package struct OfStream: Sendable {
    fileprivate var rules: [String: Finding.Severity] = [:]
    fileprivate var fields: [String: [(steps: [String], severity: Finding.Severity)]] = [:]

    /// What the rule weighs at `pointer`; nil where nothing overrides it.
    package func severity(of rule: String, at pointer: String) -> Finding.Severity? {
      if let fields = fields[rule] {
        let steps = Pointer.steps(pointer)
        for field in fields where field.steps.count == steps.count {
          if zip(field.steps, steps).allSatisfy({ $0 == "*" || $0 == $1 }) {
            return field.severity
          }
        }
      }
      return rules[rule]
    }
  }

  private let entries: [(key: String, severity: Finding.Severity)]

  package init() { entries = [] }

  package init(_ value: JSONValue) throws(Problem) {
    guard let object = value.object else {
      throw Problem(
        key: nil,
        message: "severity is not an object",
        hint: "Write {format: warning, orders.email.maxLength: error}."
      )
    }
    var entries: [(key: String, severity: Finding.Severity)] = []
    for (key, value) in object.members where !value.isNull {
      guard let text = value.string, let severity = Finding.Severity(rawValue: text) else {
        throw Problem(
          key: key,
          message: "the severity of \(key) is neither error nor warning",
          hint: "error: the mode decides over the record; warning: it passes and is counted."
        )
      }
      entries.append((key, severity))
    }
    self.entries = entries
  }

  /// Whether a breach may pass that would not without the overrides.
  package var lowers: Bool { entries.contains { $0.severity == .warning } }

  /// The overrides for the stream of `object`.
  package func of(_ object: ContractObject?) -> OfStream {
    var result = OfStream()
    for (key, severity) in entries {
      switch Self.parts(key, object) {
      case .rule: result.rules[key] = severity
      case .field(let rule, let pointers):
        for pointer in pointers.sorted() {
          result.fields[rule, default: []].append((Pointer.steps(pointer), severity))
        }
      }
    }
    return result
  }

  /// The keys that no rule and no field of any contract has.
  package func problems(_ contracts: [Contract]) -> [Problem] {
    let objects = contracts.flatMap(\.objects)
    let promises = contracts.flatMap(\.serviceLevels).map { "sla.\($0.name)" }
    let names = RuleNames.all + promises + objects.flatMap(Self.qualityNames)
    return entries.compactMap { key, _ in
      if names.contains(key) { return nil }
      if objects.contains(where: { Self.parts(key, $0).names(among: names) }) {
        return nil
      }
      let near = Nearest.name(to: key, among: names)
      return Problem(
        key: key,
        message: "severity names \"\(key)\", which is no rule and no rule of a field",
        hint: near.map { "Did you mean \"\($0)\"?" }
          ?? "Write RULE or OBJECT.FIELD.RULE, the rule as reports call it, such as maxLength."
      )
    }
  }

  private enum Parts {
    case rule
    case field(rule: String, pointers: Set<String>)

    func names(among names: [String]) -> Bool {
      guard case .field(let rule, let pointers) = self else { return false }
      return !pointers.isEmpty && names.contains(rule)
    }
  }

  /// What a key means for `object`; that of another object's field is the name of no rule here.
  private static func parts(_ key: String, _ object: ContractObject?) -> Parts {
    if let object {
      for name in [object.name, object.physicalName].compactMap(\.self)
      where key.hasPrefix(name + ".") {
        let rest = key.dropFirst(name.utf8.count + 1)
        // A rule of the whole object, such as rowCount, has no field before it.
        guard let dot = rest.lastIndex(of: ".") else {
          return .field(rule: String(rest), pointers: [""])
        }
        let path = String(rest[..<dot])
        return .field(
          rule: String(rest[rest.index(after: dot)...]),
          pointers: FieldPath.pointers(to: path, in: object.properties)
        )
      }
    }
    // A promise has a dot in its name, and so may a quality rule.
    return .rule
  }

  private static func qualityNames(_ object: ContractObject) -> [String] {
    func names(_ property: ContractProperty) -> [String] {
      property.rules.map(\.name) + property.properties.flatMap(names)
        + property.items.flatMap(names)
    }
    return object.rules.map(\.name) + object.properties.flatMap(names)
  }
}
