internal import JSON

/// References to variables in a Meltano project's texts, anywhere in them: `$NAME` in capitals and
/// `${name}`, each as it is where a backslash stands before it.
enum MeltanoReference {
  /// A value with every reference as job files write it, `${NAME}`; `note` is told each name.
  static func translated(_ value: JSONValue, _ note: (String) -> Void) -> JSONValue {
    switch value {
    case .string(let text): .string(translated(text, note))
    case .array(let elements): .array(elements.map { translated($0, note) })
    case .object(let object):
      .object(JSONObject(object.members.map { (key: $0.key, value: translated($0.value, note)) }))
    default: value
    }
  }

  /// The names of the variables that a value refers to.
  static func names(in value: JSONValue) -> Set<String> {
    var names: Set<String> = []
    _ = translated(value) { names.insert($0) }
    return names
  }

  private static func translated(_ text: String, _ note: (String) -> Void) -> String {
    var result = ""
    var rest = text[...]
    while let first = rest.first {
      let isEscaped = first == "\\" && rest.dropFirst().first == "$"
      let body = isEscaped ? rest.dropFirst() : rest
      guard body.first == "$" else {
        result.append(first)
        rest = rest.dropFirst()
        continue
      }
      if let (name, after) = reference(body.dropFirst()) {
        let isBraced = body.dropFirst().first == "{"
        if isEscaped {
          result += isBraced ? "$${\(name)}" : "$\(name)"
        } else {
          note(name)
          result += "${\(name)}"
        }
        rest = after
      } else {
        // What Meltano leaves as it is must not be read as a reference of ours.
        let isOpening = body.dropFirst().first == "{"
        result += (isEscaped ? "\\" : "") + (isOpening ? "$${" : "$")
        rest = body.dropFirst(isOpening ? 2 : 1)
      }
    }
    return result
  }

  /// The name that text after a `$` gives, and what follows it.
  private static func reference(_ text: Substring) -> (name: String, rest: Substring)? {
    func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
    if text.first == "{" {
      let name = text.dropFirst().prefix {
        $0 == "_" || isDigit($0) || $0.isASCII && $0.isLetter
      }
      guard !name.isEmpty, text[name.endIndex...].first == "}" else { return nil }
      return (String(name), text[name.endIndex...].dropFirst())
    }
    func isCapital(_ character: Character) -> Bool { ("A"..."Z").contains(character) }
    guard let first = text.first, isCapital(first) else { return nil }
    let name = text.prefix { isCapital($0) || isDigit($0) || $0 == "_" }
    return (String(name), text[name.endIndex...])
  }
}
