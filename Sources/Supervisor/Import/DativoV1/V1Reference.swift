internal import Contracts
internal import JSON

/// Values of the predecessor's files as settings of ours: secrets as `${NAME}`, never as they are.
struct V1Reference {
  let tenant: String
  let connector: String

  /// Whether the value of a setting is one that nobody should read in a file.
  static func isSecret(_ key: String) -> Bool {
    let name = key.lowercased()
    return ["password", "secret", "token", "api_key", "apikey", "access_key", "private_key", "dsn"]
      .contains { name.contains($0) }
  }

  /// A setting; a secret that stands in the file becomes the name of a variable.
  func value(_ key: String, _ value: Marked, _ notes: inout ImportNotes) -> JSONValue {
    guard let text = value.text, text.contains("${") || Self.isSecret(key) else {
      return value.json
    }
    guard text.contains("${") else {
      let name = variable(key)
      notes.left(
        value,
        "the value of \"\(key)\" is a secret: it is read from the variable \(name)",
        hint: "Run `export \(name)=…`; the file of before still has it."
      )
      return .string("${\(name)}")
    }
    return .string(plain(text, key, value, &notes))
  }

  /// `${NAME:-default}` as `${NAME}`, with its default told.
  private func plain(_ text: String, _ key: String, _ place: Marked, _ notes: inout ImportNotes)
    -> String
  {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      let inner = rest[start.upperBound..<end]
      result += rest[..<start.lowerBound]
      rest = rest[rest.index(after: end)...]
      guard let colon = inner.firstRange(of: ":-") else {
        result += "${\(inner)}"
        continue
      }
      let name = inner[..<colon.lowerBound]
      let standard = Self.isSecret(key) ? "…" : String(inner[colon.upperBound...])
      result += "${\(name)}"
      notes.left(
        place,
        "the default of ${\(name)} in \"\(key)\": variables have none",
        hint: "Run `export \(name)=\(standard)`."
      )
    }
    return result + rest
  }

  /// A number where one stands, or is the default of a variable; nil for a variable alone.
  static func number(_ value: Marked) -> JSONValue? {
    guard let text = value.text else { return nil }
    if let number = Int(text) { return .number(JSONNumber(number)) }
    guard text.hasPrefix("${"), text.hasSuffix("}"), let colon = text.firstRange(of: ":-") else {
      return nil
    }
    return Int(text[colon.upperBound...].dropLast()).map { .number(JSONNumber($0)) }
  }

  /// The variable for a secret that had none.
  func variable(_ key: String) -> String {
    let name = "\(tenant)_\(connector)_\(key)".uppercased().map { letter -> Character in
      letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "_"
    }
    return String(name)
  }
}
