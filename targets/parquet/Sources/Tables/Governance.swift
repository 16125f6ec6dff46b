import Columns
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

  /// The schema with each column's labels, as a file keeps them beside the column's own metadata.
  static func labelled(_ schema: Schema, _ metadata: [(String, String)]) -> Schema {
    guard let text = metadata.first(where: { $0.0 == "dativo.fields" })?.1,
      let labels = (try? JSONValue.parse(Array(text.utf8)))?.object
    else { return schema }
    return Schema(
      schema.fields.map { field in
        var field = field
        for (name, value) in labels[field.name]?.object?.members ?? [] {
          field.metadata["dativo.\(name)"] = self.text(value)
        }
        return field
      }
    )
  }

  /// The contract that the rows stand under, for the commit; nil for none: its id, version and hash,
  /// whose it is, and what it says of the fields.
  static func contract(_ metadata: [(String, String)]) -> JSONValue? {
    guard metadata.contains(where: { $0.0 == "dativo.odcs.id" }) else { return nil }
    var facts = JSONObject()
    for (name, text) in metadata {
      for prefix in ["dativo.odcs.", "dativo."] where name.hasPrefix(prefix) {
        let isList = text.hasPrefix("[") || text.hasPrefix("{")
        let value = isList ? try? JSONValue.parse(Array(text.utf8)) : nil
        facts[String(name.dropFirst(prefix.count))] = value ?? .string(text)
        break
      }
    }
    return .object(facts)
  }

  private static func text(_ value: JSONValue) -> String { value.string ?? value.encoded() }
}
