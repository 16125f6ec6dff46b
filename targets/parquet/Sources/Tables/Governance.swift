import JSON

/// What a SCHEMA says of the contract it stands under, as key-value pairs for the footer.
enum Governance {
  /// The members of `schema` whose names begin with `x-dativo`, and the fields' classifications.
  static func metadata(of schema: JSONValue) -> [(String, String)] {
    var pairs: [(String, String)] = []
    for member in schema.object?.members ?? [] where member.key.hasPrefix("x-dativo") {
      switch member.value {
      case .object(let object):
        for inner in object.members { pairs.append(("dativo.\(inner.key)", text(inner.value))) }
      case let value: pairs.append((member.key, text(value)))
      }
    }
    return pairs
  }

  private static func text(_ value: JSONValue) -> String { value.string ?? value.encoded() }
}
