package import JSON

extension SchemaNode {
  /// Adds what `value`, which stands at `pointer`, breaks.
  package func check(_ value: JSONValue, _ pointer: String, _ findings: inout [Finding]) {
    if let constant {
      if !constant { report("false", "no value at all", value, pointer, &findings) }
      return
    }
    reference?.check(value, pointer, &findings)
    if let kinds, !kinds.admits(value) {
      report("type", kinds.text, value, pointer, &findings)
      return
    }
    if let choices, !choices.contains(value) {
      let list = choices.prefix(10).map { $0.encoded() }.joined(separator: ", ")
      report("enum", "one of \(list)", value, pointer, &findings)
    }
    switch value {
    case .number(let number): self.number.check(number, pointer, &findings)
    case .string(let string): if !text.isEmpty { text.check(string, pointer, &findings) }
    case .array(let elements): check(elements, value, pointer, &findings)
    case .object(let object): check(object, value, pointer, &findings)
    case .null, .bool: break
    }
    checkCombinations(value, pointer, &findings)
  }

  /// Whether `value` is valid.
  package func accepts(_ value: JSONValue) -> Bool {
    var findings: [Finding] = []
    check(value, "", &findings)
    return findings.isEmpty
  }

  func report(
    _ rule: String,
    _ expected: String,
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    findings.append(Finding(rule, at: pointer, expected: expected, value: value))
  }

  private func checkCombinations(
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    for node in allOf { node.check(value, pointer, &findings) }
    if !anyOf.isEmpty, !anyOf.contains(where: { $0.accepts(value) }) {
      report("anyOf", alternatives(anyOf), value, pointer, &findings)
    }
    if !oneOf.isEmpty {
      let count = oneOf.count { $0.accepts(value) }
      if count == 0 { report("oneOf", alternatives(oneOf), value, pointer, &findings) }
      if count > 1 {
        report("oneOf", "exactly one of the alternatives, not \(count)", value, pointer, &findings)
      }
    }
    if let not, not.accepts(value) { report("not", "something else", value, pointer, &findings) }
    if let condition {
      (condition.accepts(value) ? then : otherwise)?.check(value, pointer, &findings)
    }
  }

  private func alternatives(_ nodes: [SchemaNode]) -> String {
    let kinds = nodes.compactMap { node in
      (node.kinds ?? node.reference?.kinds).map { kinds in
        node.text.format.map { "\(kinds.text) (\($0.rawValue))" } ?? kinds.text
      }
    }
    return kinds.count == nodes.count
      ? kinds.joined(separator: " or ") : "one of the \(nodes.count) alternatives"
  }

  private func check(
    _ elements: [JSONValue],
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    if let minItems, elements.count < minItems {
      report("minItems", "at least \(minItems) items", value, pointer, &findings)
    }
    if let maxItems, elements.count > maxItems {
      report("maxItems", "at most \(maxItems) items", value, pointer, &findings)
    }
    if uniqueItems, Set(elements).count < elements.count {
      report("uniqueItems", "no item twice", value, pointer, &findings)
    }
    for (index, element) in elements.enumerated() {
      let node = index < prefixItems.count ? prefixItems[index] : items
      node?.check(element, Pointer.append(pointer, index), &findings)
    }
    if let contains {
      let count = elements.count { contains.accepts($0) }
      if count < minContains {
        report("contains", "\(minContains) matching items", value, pointer, &findings)
      }
      if let maxContains, count > maxContains {
        report("maxContains", "at most \(maxContains) matching items", value, pointer, &findings)
      }
    }
  }

  private func check(
    _ object: JSONObject,
    _ value: JSONValue,
    _ pointer: String,
    _ findings: inout [Finding]
  ) {
    if let minProperties, object.count < minProperties {
      report("minProperties", "at least \(minProperties) members", value, pointer, &findings)
    }
    if let maxProperties, object.count > maxProperties {
      report("maxProperties", "at most \(maxProperties) members", value, pointer, &findings)
    }
    var missing = required.filter { object[$0] == nil }
    for (name, names) in dependentRequired where object[name] != nil {
      missing += names.filter { object[$0] == nil }
    }
    for name in missing {
      findings.append(
        Finding(
          "required",
          code: "missing",
          at: Pointer.append(pointer, name),
          expected: "a value"
        )
      )
    }
    for (name, node) in dependentSchemas where object[name] != nil {
      node.check(value, pointer, &findings)
    }
    for (name, member) in object.members {
      let place = Pointer.append(pointer, name)
      propertyNames?.check(.string(name), place, &findings)
      var isKnown = false
      if let index = propertyPlaces[name] {
        isKnown = true
        properties[index].node.check(member, place, &findings)
      }
      for (pattern, node) in patternProperties where pattern.matches(name) == .yes {
        isKnown = true
        node.check(member, place, &findings)
      }
      if !isKnown, let rest = additionalProperties {
        if rest.constant == false {
          findings.append(
            Finding("additionalProperties", at: place, expected: "no such member", value: member)
          )
        } else {
          rest.check(member, place, &findings)
        }
      }
    }
  }
}
