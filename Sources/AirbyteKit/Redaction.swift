package import JSON

/// Takes the connector's secrets out of what it says.
///
/// Which values of the configuration are secret stands in the connector's spec, which costs seconds to
/// ask for: it is asked when a line first contains any value of the configuration.
package struct Redaction {
  private var configs: [JSONObject]
  private var values: [String]
  /// Asks for the spec; nil where it cannot be had.
  private let spec: () -> JSONValue?
  private var secrets: [String]?

  package init(_ config: JSONObject, spec: @escaping () -> JSONValue?) {
    configs = [config]
    self.spec = spec
    values = Self.leaves(.object(config))
  }

  /// Takes a changed configuration for as secret as the first.
  package mutating func add(_ config: JSONObject) {
    configs.append(config)
    values += Self.leaves(.object(config))
    secrets = nil
  }

  package mutating func clean(_ text: String) -> String {
    guard values.contains(where: { Self.stands($0, in: text) }) else { return text }
    let secrets = known()
    var text = text
    for secret in secrets where Self.stands(secret, in: text) {
      text = Self.replace(secret, in: text)
    }
    return text
  }

  private mutating func known() -> [String] {
    if let secrets { return secrets }
    // Without a spec everything is taken for secret.
    let spec = spec()
    let found = spec.map { spec in configs.flatMap { Self.secrets(.object($0), spec) } } ?? values
    let longest = found.sorted { $0.utf8.count > $1.utf8.count }
    secrets = longest
    return longest
  }

  /// A value of four characters or more wherever it stands, a shorter one as a word of its own.
  private static func stands(_ value: String, in text: String) -> Bool {
    guard value.utf8.count < 4 else { return text.contains(value) }
    return text.split { !($0.isLetter || $0.isNumber) }.contains { $0 == value[...] }
  }

  private static func replace(_ secret: String, in text: String) -> String {
    guard secret.utf8.count < 4 else { return text.replacing(secret, with: "***") }
    var result = ""
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber {
        word.append(character)
      } else {
        result += word == secret ? "***" : word
        result.append(character)
        word = ""
      }
    }
    return result + (word == secret ? "***" : word)
  }

  private static func leaves(_ value: JSONValue) -> [String] {
    switch value {
    case .string(let text): text.isEmpty ? [] : forms(text)
    case .array(let list): list.flatMap(leaves)
    case .object(let object): object.members.flatMap { leaves($0.value) }
    default: []
    }
  }

  /// A text, and as it stands within JSON.
  private static func forms(_ text: String) -> [String] {
    let quoted = String(JSONValue.string(text).encoded().dropFirst().dropLast())
    let lines = text.split(separator: "\n").map(String.init).filter { $0.utf8.count > 7 }
    return Array(Set([text, quoted] + lines))
  }

  /// The values that a JSON Schema marks `airbyte_secret`, in whichever of its choices.
  private static func secrets(_ value: JSONValue, _ schema: JSONValue) -> [String] {
    if schema["airbyte_secret"]?.bool == true { return leaves(value) }
    var found: [String] = []
    for key in ["oneOf", "anyOf", "allOf"] {
      for choice in schema[key]?.array ?? [] { found += secrets(value, choice) }
    }
    for (name, inner) in value.object?.members ?? [] {
      if let property = schema["properties"]?[name] { found += secrets(inner, property) }
    }
    for inner in value.array ?? [] {
      if let items = schema["items"] { found += secrets(inner, items) }
    }
    return found
  }
}
