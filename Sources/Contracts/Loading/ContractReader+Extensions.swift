internal import JSON

extension ContractReader {
  /// The names of Dativo's own that may stand among the customProperties of a property.
  private static let propertyExtensions = ["dativo.mask"]

  /// Reads what Dativo adds to a property; what is misspelt is an error, since nobody would mask by
  /// it.
  mutating func readExtensions(_ node: YAMLNode?, _ property: inout ContractProperty) {
    for entry in node?.elements ?? [] {
      guard let nameNode = entry["property"], let name = nameNode.text else { continue }
      switch name {
      case "dativo.mask": readMask(entry, &property)
      default: refuseLookalike(nameNode, name)
      }
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

  /// Names what only looks like an extension of ours.
  private mutating func refuseLookalike(_ node: YAMLNode, _ name: String) {
    let near = Nearest.name(to: name, among: Self.propertyExtensions)
    guard near != nil || name.lowercased().hasPrefix("dativo.") else { return }
    error(
      node,
      "unknown customProperty \"\(name)\"",
      near.map { "Did you mean \"\($0)\"?" }
        ?? "A property may have \(Self.propertyExtensions.joined(separator: ", "))."
    )
  }

  /// Names a mask, spelt right or wrong, that stands where nothing is masked by it.
  mutating func refuseMasks(_ node: YAMLNode?) {
    for entry in node?.elements ?? [] {
      guard let nameNode = entry["property"], let name = nameNode.text else { continue }
      guard name.lowercased().hasPrefix("dativo"), name.lowercased().contains("mask") else {
        continue
      }
      error(
        nameNode,
        "\(name) does not stand at a property",
        "Move dativo.mask to the customProperties of the property that it masks."
      )
    }
  }
}
