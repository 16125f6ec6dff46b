internal import JSON
internal import JSONSchema

extension ValueCheck {
  /// Adds what `value` breaks of the property's library rules.
  func checkRules(_ value: JSONValue?, _ pointer: String, _ findings: inout [Finding]) {
    for compiled in rules {
      guard let expected = compiled.offence(value) else { continue }
      var finding = Finding(
        compiled.rule.name,
        code: value == nil ? "missing" : nil,
        at: pointer,
        expected: expected,
        value: value
      )
      if compiled.rule.isWarning { finding.severity = .warning }
      finding.tally = compiled.tally
      findings.append(finding)
    }
  }
}

extension ValueCheck.CompiledRule {
  /// What is expected in place of `value`, if that counts against the rule.
  func offence(_ value: JSONValue?) -> String? {
    switch rule.metric {
    case .nullValues: return value?.isNull ?? true ? "a value" : nil
    case .missingValues(let list):
      guard list.contains(value ?? .null) else { return nil }
      return "none of \(list.map { $0.encoded() }.joined(separator: ", "))"
    case .invalidValues(let valid, _):
      guard let value, !value.isNull else { return nil }
      if let valid, !valid.contains(value) { return ValueCheck.list(valid) }
      if let pattern, pattern.matches(value.string ?? value.encoded()) == .no {
        return "a match of \(pattern.source)"
      }
      return nil
    case .eachValue:
      guard let value, !value.isNull else { return nil }
      let broken = rule.comparisons.filter { comparison in
        value.number.map { !comparison.accepts($0, inclusiveBetween: isInclusive) } ?? true
      }
      guard !broken.isEmpty else { return nil }
      return broken.map { $0.text(inclusiveBetween: isInclusive) }.joined(separator: " and ")
    case .rowCount, .duplicateValues, .skipped: return nil
    }
  }
}
