internal import JSON

extension ContractReader {
  /// Reads what Dativo adds to a property.
  mutating func readExtensions(_ node: YAMLNode?, _ property: inout ContractProperty) {
    for entry in node?.elements ?? [] {
      switch entry["property"]?.text.flatMap(Extension.init(rawValue:)) {
      case .mask?: readMask(entry, &property)
      case .coerce?: readCoercions(entry, &property)
      default: break
      }
    }
  }

  /// Reads what Dativo adds to an object.
  mutating func readExtensions(_ node: YAMLNode?, _ object: inout ContractObject) {
    for entry in node?.elements ?? []
    where entry["property"]?.text == Extension.coerce.rawValue {
      object.coercions = coercions(entry)
    }
  }

  private mutating func coercions(_ entry: YAMLNode) -> Coercions? {
    guard let value = entry["value"], !value.isNull else {
      error(entry, "dativo.coerce has no value", "Write value: [number, trim].")
      return nil
    }
    do throws(Coercions.Problem) {
      return try Coercions(value.json)
    } catch let problem {
      let names = value.elements ?? [value]
      let place = names.first { node in
        node.text.map { text in !Coercions.names.contains { $0.name == text } } ?? true
      }
      error(place ?? value, problem.message, problem.hint)
      return nil
    }
  }

  private mutating func readCoercions(_ entry: YAMLNode, _ property: inout ContractProperty) {
    guard let coercions = coercions(entry) else { return }
    property.coercions = coercions
    guard let type = property.type, ![.object, .array, .map, .vector].contains(type) else { return }
    let useless = coercions.subtracting(coercions.suiting(type))
    if !useless.isEmpty {
      error(
        entry["value"],
        "the coercion \(useless.text) does not lead to a \(type.rawValue)",
        "number is for numbers and integers, boolean for booleans, epoch_s and epoch_ms for dates "
          + "and timestamps."
      )
    }
    let example = "2024-01-31T14:22:35Z"
    if !coercions.isDisjoint(with: .epoch), let rules = property.temporal,
      rules.instant(example) == nil
    {
      error(
        entry["value"],
        "timestamps such as \(example) do not fit the format of \(property.name)",
        "Leave the format out: a date then is an RFC 3339 date or timestamp."
      )
    }
  }

  private mutating func readMask(_ entry: YAMLNode, _ property: inout ContractProperty) {
    guard let value = entry["value"] else {
      error(entry, "dativo.mask has no value", "Write value: hash, or value: {truncate: 4}.")
      return
    }
    if property.mask != nil {
      error(entry, "dativo.mask stands twice", "Remove one of them.")
      return
    }
    do throws(MaskAction.Problem) {
      let action = try MaskAction(value.json)
      guard action != .keep else {
        error(
          value,
          "a contract cannot lift the masking of a field with keep",
          "keep belongs into the setting masking of dativo-validate, or of the job."
        )
        return
      }
      property.mask = action
    } catch let problem {
      error(value, problem.message, problem.hint)
    }
  }
}
