package import JSON

/// Files of `KEY=value` lines, as shells and most tools read them.
///
/// Comments, `export `, quotes of both kinds; within double quotes `\n`, `\"`, `\\` and `\$` are
/// read, and a value may go over several lines.
package enum DotEnv {
  /// The keys and values; nil for what is no such file.
  package static func parse(_ bytes: [UInt8]) -> JSONObject? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var object = JSONObject()
    var rest = text[...]
    while let line = next(&rest) {
      let plain = trimmed(line)
      if plain.isEmpty || plain.hasPrefix("#") { continue }
      guard let equals = plain.firstIndex(of: "=") else { return nil }
      var key = trimmed(plain[..<equals])
      if key.hasPrefix("export ") { key = trimmed(key.dropFirst(7)) }
      var value = trimmed(plain[plain.index(after: equals)...])
      if let quote = value.first, quote == "\"" || quote == "'" {
        while !isClosed(value, quote) {
          guard let more = next(&rest) else { return nil }
          value = value + "\n" + more
        }
        object[String(key)] = .string(unquoted(value, quote))
      } else {
        let comment = value.firstRange(of: " #")
        let told = value[..<(comment?.lowerBound ?? value.endIndex)]
        object[String(key)] = .string(String(trimmed(told)))
      }
    }
    return object
  }

  /// The text of a file with the value of one key replaced, or added; all else stays as it is.
  static func replaced(_ text: String, _ key: String, _ value: String) -> String {
    let quoted = value.reduce(into: "") { result, sign in
      switch sign {
      case "\\", "\"", "$": result += "\\\(sign)"
      case "\n": result += "\\n"
      default: result.append(sign)
      }
    }
    var lines: [String] = []
    var isThere = false
    var rest = text[...]
    while let line = next(&rest) {
      let name = trimmed(trimmed(line).prefix { $0 != "=" })
      if name == key || name == "export \(key)" {
        let old = trimmed(line.drop { $0 != "=" }.dropFirst())
        if let quote = old.first, quote == "\"" || quote == "'" {
          var whole = old
          while !isClosed(whole, quote), let more = next(&rest) { whole = whole + "\n" + more }
        }
        isThere = true
        lines.append("\(name)=\"\(quoted)\"")
      } else {
        lines.append(String(line))
      }
    }
    if !isThere { lines.append("\(key)=\"\(quoted)\"") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func next(_ rest: inout Substring) -> Substring? {
    guard !rest.isEmpty else { return nil }
    let line = rest.prefix { !$0.isNewline }
    rest = rest[line.endIndex...].dropFirst()
    return line
  }

  private static func isClosed(_ value: Substring, _ quote: Character) -> Bool {
    closing(value, quote) != nil
  }

  private static func closing(_ value: Substring, _ quote: Character) -> Substring.Index? {
    var isEscaped = false
    for index in value.indices.dropFirst() {
      if isEscaped {
        isEscaped = false
      } else if value[index] == "\\", quote == "\"" {
        isEscaped = true
      } else if value[index] == quote {
        return index
      }
    }
    return nil
  }

  private static func unquoted(_ value: Substring, _ quote: Character) -> String {
    let inner = value[..<(closing(value, quote) ?? value.endIndex)].dropFirst()
    guard quote == "\"" else { return String(inner) }
    var result = ""
    var isEscaped = false
    for sign in inner {
      switch (isEscaped, sign) {
      case (false, "\\"): isEscaped = true
      case (true, "n"):
        result += "\n"
        isEscaped = false
      default:
        result.append(sign)
        isEscaped = false
      }
    }
    return result
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...end]
  }
}
