import JSON

/// What of an object or an array the keywords of a schema have looked at.
private struct Evaluated {
  /// All members, or all items.
  var everything = false
  var names: Set<ExactText> = []
  /// So many items from the beginning.
  var firstItems = 0
  var items: Set<Int> = []
}

extension SchemaNode {
  /// Adds what is wrong with members and items that no other keyword has looked at.
  func checkUnevaluated(
    _ value: JSONValue,
    _ pointer: String,
    _ evaluation: inout Evaluation
  ) {
    var seen = Evaluated()
    switch value {
    case .object(let object):
      guard let unevaluatedProperties else { return }
      collect(value, &seen, &evaluation, isOwn: true)
      guard !seen.everything else { return }
      for (name, member) in object.members where !seen.names.contains(ExactText(name)) {
        let place = evaluation.step(pointer, name)
        unevaluatedProperties.checkRest(member, place, "unevaluatedProperties", &evaluation)
      }
    case .array(let elements):
      guard let unevaluatedItems else { return }
      collect(value, &seen, &evaluation, isOwn: true)
      guard !seen.everything else { return }
      for (index, element) in elements.enumerated()
      where index >= seen.firstItems && !seen.items.contains(index) {
        let place = evaluation.step(pointer, index)
        unevaluatedItems.checkRest(element, place, "unevaluatedItems", &evaluation)
      }
    default: return
    }
  }

  private func checkRest(
    _ value: JSONValue,
    _ place: String,
    _ keyword: String,
    _ evaluation: inout Evaluation
  ) {
    if constant == false {
      evaluation.report(keyword, "nothing here", value, place)
    } else {
      check(value, place, &evaluation)
    }
  }

  /// Adds what this schema and those it applies in place have looked at; the value is valid by it.
  ///
  /// `isOwn` leaves out the very keyword that asks.
  private func collect(
    _ value: JSONValue,
    _ seen: inout Evaluated,
    _ evaluation: inout Evaluation,
    isOwn: Bool = false
  ) {
    guard !seen.everything, constant == nil else { return }
    let scope = evaluation.scope.count
    guard evaluation.enter(self, "") else { return }
    defer { evaluation.leave(scope) }
    switch value {
    case .object(let object):
      collectMembers(object, &seen)
      if !isOwn, unevaluatedProperties != nil { seen.everything = true }
      for (name, node) in dependentSchemas where object[name] != nil {
        node.collect(value, &seen, &evaluation)
      }
    case .array(let elements):
      if items != nil { seen.everything = true }
      if !isOwn, unevaluatedItems != nil { seen.everything = true }
      seen.firstItems = max(seen.firstItems, prefixItems.count)
      if containsEvaluates, let contains {
        for (index, element) in elements.enumerated() where evaluation.accepts(contains, element) {
          seen.items.insert(index)
        }
      }
    default: return
    }
    reference?.collect(value, &seen, &evaluation)
    if let dynamicReference {
      evaluation.target(of: dynamicReference).collect(value, &seen, &evaluation)
    }
    for node in allOf { node.collect(value, &seen, &evaluation) }
    for node in anyOf + oneOf where evaluation.accepts(node, value) {
      node.collect(value, &seen, &evaluation)
    }
    if let condition {
      if evaluation.accepts(condition, value) {
        condition.collect(value, &seen, &evaluation)
        then?.collect(value, &seen, &evaluation)
      } else {
        otherwise?.collect(value, &seen, &evaluation)
      }
    }
  }

  private func collectMembers(_ object: JSONObject, _ seen: inout Evaluated) {
    if additionalProperties != nil { seen.everything = true }
    for (name, _) in object.members {
      let isKnown =
        propertyPlaces[ExactText(name)] != nil
        || patternProperties.contains { $0.pattern.matches(name) == .yes }
      if isKnown { seen.names.insert(ExactText(name)) }
    }
  }
}
