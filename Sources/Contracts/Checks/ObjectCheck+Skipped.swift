internal import JSON
internal import JSONSchema

extension ObjectCheck {
  /// A rule that is not evaluated, and why.
  package struct Skipped: Hashable, Sendable {
    package let rule: String
    package let pointer: String
    package let reason: String

    package init(rule: String, pointer: String, reason: String) {
      self.rule = rule
      self.pointer = pointer
      self.reason = reason
    }
  }

  /// Lists what the contract says of `property` and nothing here judges.
  func note(_ property: ContractProperty, _ pointer: String, isTop: Bool) {
    var property = property
    property.temporal?.dropUnjudged()
    if case .unread? = property.temporal?.form {
      let reason = "the date format \(property.format ?? "") is not evaluated"
      skipped.append(Skipped(rule: "format", pointer: pointer, reason: reason))
    }
    for rule in property.temporal?.unjudged ?? [] {
      let reason = property.temporal?.unjudgedReason ?? ""
      skipped.append(Skipped(rule: rule, pointer: pointer, reason: reason))
    }
    if let reason = PhysicalSize.of(property).skipped {
      skipped.append(Skipped(rule: "physicalType", pointer: pointer, reason: reason))
    }
    if case .skipped(let reason)? = property.encryption {
      skipped.append(Skipped(rule: "encryptedName", pointer: pointer, reason: reason))
    }
    if property.type == nil {
      skipped.append(Skipped(rule: "type", pointer: pointer, reason: "no logicalType is given"))
    }
    guard isTop else {
      if property.keyPosition != nil {
        let reason = "a key below the top level is that of no record: its parts must be there"
        skipped.append(Skipped(rule: "primaryKey", pointer: pointer, reason: reason))
      }
      return inner(property, pointer)
    }
    inner(property, pointer)
  }

  /// Lists the relationships of the object and of its properties, whose other ends no record shows.
  func noteRelationships() {
    func list(_ node: YAMLNode?, _ pointer: String) {
      for relationship in node?["relationships"]?.elements ?? [] {
        let kind = relationship["type"]?.text ?? "foreignKey"
        let reason =
          "the rows that it leads to are not in the stream (`dativo contract test TABLE` asks the tables)"
        skipped.append(Skipped(rule: kind, pointer: pointer, reason: reason))
      }
    }
    func list(_ property: ContractProperty, _ pointer: String) {
      list(property.source, pointer)
      for child in property.properties { list(child, Pointer.append(pointer, child.field)) }
      for item in property.items { list(item, Pointer.append(pointer, "*")) }
    }
    list(object.source, "")
    for property in object.properties { list(property, Pointer.append("", property.field)) }
  }

  private func inner(_ property: ContractProperty, _ pointer: String) {
    for child in property.properties {
      note(child, Pointer.append(pointer, child.field), isTop: false)
    }
    for item in property.items { note(item, Pointer.append(pointer, "*"), isTop: false) }
  }
}
