internal import Contracts
internal import JSON
internal import Secrets

/// `${NAME}` in configuration values, replaced from the environment; `$${` stands for `${`.
///
/// References to secrets, `${secret:…}`, stay as they are until a run hands the values over; so does
/// `$${secret:`, to be told from them.
struct Substitution {
  let environment: [String: String]
  /// Whether a variable that is not set is worth a warning only.
  var allowsMissing = false

  /// The value of a node with every reference replaced.
  ///
  /// What comes from a variable is text, except where an unquoted value is nothing but a reference
  /// and the variable holds a number or a truth exactly as JSON writes it.
  func value(_ node: YAMLNode, _ reader: inout YAMLReader) -> JSONValue {
    switch node {
    case .scalar(let text, let isPlain, let mark):
      guard text.contains("${") else { return node.json }
      let replaced = replace(text, mark, &reader)
      return isPlain && Self.isReference(text) ? Self.typed(replaced) : .string(replaced)
    case .sequence(let elements, _):
      return .array(elements.map { value($0, &reader) })
    case .mapping(let members, _):
      return .object(JSONObject(members.map { (key: $0.key, value: value($0.value, &reader)) }))
    }
  }

  /// The same for JSON, whose values have no places of their own.
  func value(_ json: JSONValue, at mark: YAMLNode.Mark, _ reader: inout YAMLReader) -> JSONValue {
    switch json {
    case .string(let text): return .string(replace(text, mark, &reader))
    case .array(let elements): return .array(elements.map { value($0, at: mark, &reader) })
    case .object(let object):
      return .object(
        JSONObject(object.members.map { (key: $0.key, value: value($0.value, at: mark, &reader)) })
      )
    default: return json
    }
  }

  /// Text with every reference replaced; a variable that is not set is noted as an error.
  func replace(_ text: String, _ mark: YAMLNode.Mark, _ reader: inout YAMLReader) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      let isEscaped = rest[..<start.lowerBound].last == "$"
      if rest[start.lowerBound...].hasPrefix(SecretText.opening) {
        result += rest[..<start.upperBound]
        rest = rest[start.upperBound...]
        if !isEscaped { result += reference(&rest, mark, &reader) }
        continue
      }
      if isEscaped {
        result += rest[..<start.lowerBound].dropLast() + "${"
        rest = rest[start.upperBound...]
        continue
      }
      result += rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: "}") else {
        reader.error(mark, "\"${\" without \"}\"", hint: "Write `$${` for the characters as such.")
        return result
      }
      let name = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      if !Self.isName(name) {
        reader.error(
          mark,
          "\"${\(name)}\" does not name an environment variable",
          hint: "Letters, digits and _ stand between the braces; write `$${` for the characters."
        )
      } else if let value = environment[name] {
        result += SecretText.escaped(value)
        reader.variables[name] = value
      } else {
        result += "${\(name)}"
        reader.findings.append(
          Finding(
            allowsMissing ? .warning : .error,
            reader.file,
            mark,
            "the environment variable \(name) is not set",
            hint: "Run `export \(name)=…` first, or write `$${\(name)}` for the text itself."
          )
        )
      }
    }
    return result + rest
  }

  /// What follows `${secret:`, checked and noted.
  private func reference(
    _ rest: inout Substring,
    _ mark: YAMLNode.Mark,
    _ reader: inout YAMLReader
  ) -> String {
    guard let end = rest.firstIndex(of: "}") else {
      let hint = "Write `$${secret:` for the characters as such."
      reader.error(mark, "\"${secret:\" without \"}\"", hint: hint)
      defer { rest = "" }
      return String(rest)
    }
    let text = String(rest[..<end])
    rest = rest[end...]
    do throws(SecretPath.Problem) {
      let inner = String(text.dropFirst(SecretText.opening.count - 2))
      reader.references.append((try SecretReference(inner), mark))
    } catch {
      reader.error(
        mark,
        "${\(text)} is no reference to a secret: \(error.message)",
        hint: "Write ${secret:path/key}: letters, digits, \"_\", \"-\" and \".\", joined by \"/\"."
      )
    }
    return text
  }

  private static func isReference(_ text: String) -> Bool {
    text.hasPrefix("${") && text.firstIndex(of: "}") == text.indices.last
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.first, first.isASCII, first.isLetter || first == "_" else {
      return false
    }
    return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  private static func typed(_ text: String) -> JSONValue {
    guard let value = try? JSONValue.parse(text), value.encoded() == text else {
      return .string(text)
    }
    switch value {
    case .number, .bool: return value
    default: return .string(text)
    }
  }
}
