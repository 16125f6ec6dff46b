internal import JSON

extension ContractReader {
  /// A relationship to a property that its object does not have is an error.
  ///
  /// An object that is not
  /// here may be in another contract, as in the standard's own example; other files are not followed.
  mutating func checkRelationships(_ root: YAMLNode) {
    let objects = root["schema"]?.elements ?? []
    for object in objects {
      for relationship in object["relationships"]?.elements ?? [] {
        checkEnds(relationship, objects)
        guard let from = relationship["from"], let to = relationship["to"] else { continue }
        if from.elements?.count != to.elements?.count {
          error(to, "from and to of a relationship have not the same number of columns", nil)
        }
      }
      for property in object["properties"]?.elements ?? [] { checkProperty(property, objects) }
    }
  }

  private mutating func checkProperty(_ property: YAMLNode, _ objects: [YAMLNode]) {
    for relationship in property["relationships"]?.elements ?? [] {
      checkEnds(relationship, objects)
    }
    for inner in property["properties"]?.elements ?? [] { checkProperty(inner, objects) }
  }

  private mutating func checkEnds(_ relationship: YAMLNode, _ objects: [YAMLNode]) {
    for end in [relationship["from"], relationship["to"]].compactMap(\.self) {
      for reference in end.elements ?? [end] {
        guard let text = reference.text, !text.contains("#") else { continue }
        let message = "the relationship leads to \(text), which is not in this contract"
        switch text.contains("/") ? Self.path(text, objects) : Self.name(text, objects) {
        case .there: break
        case .noObject: warn(reference, message)
        case .noProperty: error(reference, message, nil)
        }
      }
    }
  }

  private enum End { case there, noObject, noProperty }

  /// `object.property.nested`, by names or physical names.
  private static func name(_ text: String, _ objects: [YAMLNode]) -> End {
    var level = objects
    for (place, name) in text.split(separator: ".").map(String.init).enumerated() {
      let found =
        level.first { $0["name"]?.text == name } ?? level.first { $0["physicalName"]?.text == name }
      guard let found else { return place == 0 ? .noObject : .noProperty }
      level = found["properties"]?.elements ?? found["items"]?["properties"]?.elements ?? []
    }
    return .there
  }

  /// `schema/<id>/properties/<id>`, by ids.
  private static func path(_ text: String, _ objects: [YAMLNode]) -> End {
    var steps = text.split(separator: "/").map(String.init)[...]
    guard steps.popFirst() == "schema" else { return .noObject }
    var level = objects
    var missing = End.noObject
    while let id = steps.popFirst() {
      guard let found = level.first(where: { $0["id"]?.text == id }) else { return missing }
      guard let section = steps.popFirst() else { return .there }
      level = found[section]?.elements ?? []
      missing = .noProperty
    }
    return .there
  }
}
