package import JSON

extension SchemaNode {
  /// Whether `value` is valid.
  package func accepts(_ value: JSONValue) -> Bool {
    var evaluation = Evaluation()
    return evaluation.accepts(self, value)
  }

  /// Adds what `value`, which stands at `pointer`, breaks.
  func check(_ value: JSONValue, _ pointer: String, _ evaluation: inout Evaluation) {
    if let constant {
      if !constant { evaluation.report("false", "no value at all", value, pointer) }
      return
    }
    let scope = evaluation.scope.count
    guard evaluation.enter(self, pointer) else { return }
    defer { evaluation.leave(scope) }
    reference?.check(value, pointer, &evaluation)
    if let dynamicReference {
      evaluation.target(of: dynamicReference).check(value, pointer, &evaluation)
    }
    if let kinds, !kinds.admits(value) {
      evaluation.report("type", kinds.text, value, pointer)
      return
    }
    if let choices, !choices.contains(value) {
      let list = choices.prefix(10).map { $0.encoded() }.joined(separator: ", ")
      evaluation.report("enum", "one of \(list)", value, pointer)
    }
    switch value {
    case .number(let number):
      if !self.number.isEmpty { evaluation.check { self.number.check(number, pointer, &$0) } }
    case .string(let string):
      if !text.isEmpty { evaluation.check { text.check(string, pointer, &$0) } }
    case .array(let elements): check(elements, value, pointer, &evaluation)
    case .object(let object): check(object, value, pointer, &evaluation)
    case .null, .bool: break
    }
    checkCombinations(value, pointer, &evaluation)
    if needsContext, !evaluation.isDecided { checkUnevaluated(value, pointer, &evaluation) }
  }

  private func checkCombinations(
    _ value: JSONValue,
    _ pointer: String,
    _ evaluation: inout Evaluation
  ) {
    for node in allOf { node.check(value, pointer, &evaluation) }
    if !anyOf.isEmpty, !anyOf.contains(where: { evaluation.accepts($0, value) }) {
      evaluation.report("anyOf", alternatives(anyOf), value, pointer)
    }
    if !oneOf.isEmpty {
      let count = oneOf.count { evaluation.accepts($0, value) }
      if count == 0 { evaluation.report("oneOf", alternatives(oneOf), value, pointer) }
      if count > 1 {
        evaluation.report(
          "oneOf",
          "exactly one of the alternatives, not \(count)",
          value,
          pointer
        )
      }
    }
    if let not, evaluation.accepts(not, value) {
      evaluation.report("not", "something else", value, pointer)
    }
    if let condition {
      let node = evaluation.accepts(condition, value) ? then : otherwise
      node?.check(value, pointer, &evaluation)
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
    _ evaluation: inout Evaluation
  ) {
    if let minItems, elements.count < minItems {
      evaluation.report("minItems", "at least \(minItems) items", value, pointer)
    }
    if let maxItems, elements.count > maxItems {
      evaluation.report("maxItems", "at most \(maxItems) items", value, pointer)
    }
    if uniqueItems, Set(elements).count < elements.count {
      evaluation.report("uniqueItems", "no item twice", value, pointer)
    }
    if !prefixItems.isEmpty || items != nil {
      for (index, element) in elements.enumerated() {
        let node = index < prefixItems.count ? prefixItems[index] : items
        node?.check(element, evaluation.step(pointer, index), &evaluation)
      }
    }
    if let contains {
      let count = elements.count { evaluation.accepts(contains, $0) }
      if count < minContains {
        evaluation.report("contains", "\(minContains) matching items", value, pointer)
      }
      if let maxContains, count > maxContains {
        evaluation.report("maxContains", "at most \(maxContains) matching items", value, pointer)
      }
    }
  }

  private func check(
    _ object: JSONObject,
    _ value: JSONValue,
    _ pointer: String,
    _ evaluation: inout Evaluation
  ) {
    if let minProperties, object.count < minProperties {
      evaluation.report("minProperties", "at least \(minProperties) members", value, pointer)
    }
    if let maxProperties, object.count > maxProperties {
      evaluation.report("maxProperties", "at most \(maxProperties) members", value, pointer)
    }
    var missing = required.filter { object[$0] == nil }
    for (name, names) in dependentRequired where object[name] != nil {
      missing += names.filter { object[$0] == nil }
    }
    for name in missing {
      let place = evaluation.step(pointer, name)
      evaluation.add(Finding("required", code: "missing", at: place, expected: "a value"))
    }
    for (name, node) in dependentSchemas where object[name] != nil {
      node.check(value, pointer, &evaluation)
    }
    for (name, member) in object.members where !evaluation.isDecided {
      let place = evaluation.step(pointer, name)
      propertyNames?.check(.string(name), place, &evaluation)
      var isKnown = false
      if let index = propertyPlaces[ExactText(name)] {
        isKnown = true
        properties[index].node.check(member, place, &evaluation)
      }
      for (pattern, node) in patternProperties where pattern.matches(name) == .yes {
        isKnown = true
        node.check(member, place, &evaluation)
      }
      if !isKnown, let rest = additionalProperties {
        if rest.constant == false {
          evaluation.report("additionalProperties", "no such member", member, place)
        } else {
          rest.check(member, place, &evaluation)
        }
      }
    }
  }
}
