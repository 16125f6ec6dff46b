package import JSON

/// Writes values as YAML blocks that a reader of any version of YAML takes for the same.
package enum YAMLWriter {
  /// The text of a value, with a line feed at its end.
  package static func text(_ value: JSONValue) -> String {
    var lines: [String] = []
    add(value, first: "", rest: "", &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Adds the lines of a value; the first begins with one text, the others with another.
  private static func add(
    _ value: JSONValue,
    first: String,
    rest: String,
    _ lines: inout [String]
  ) {
    switch value {
    case .object(let object) where !object.isEmpty:
      var start = first
      for (key, inner) in object.members {
        let key = start + scalar(.string(key)) + ":"
        switch inner {
        case .object(let object) where !object.isEmpty:
          lines.append(key)
          add(inner, first: rest + "  ", rest: rest + "  ", &lines)
        case .array(let elements) where !elements.isEmpty:
          lines.append(key)
          add(inner, first: rest + "  ", rest: rest + "  ", &lines)
        default: lines.append("\(key) \(scalar(inner))")
        }
        start = rest
      }
    case .array(let elements) where !elements.isEmpty:
      var start = first
      for element in elements {
        add(element, first: "\(start)- ", rest: "\(rest)  ", &lines)
        start = rest
      }
    default: lines.append(first + scalar(value))
    }
  }

  private static func scalar(_ value: JSONValue) -> String {
    guard case .string(let text) = value else { return value.encoded() }
    return isPlain(text) ? text : value.encoded()
  }

  /// Whether no reader takes the text for anything else when it stands without quotes.
  package static func isPlain(_ text: String) -> Bool {
    let words: Set<String> = [
      "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ]
    guard let first = text.unicodeScalars.first,
      first.isASCII && first.properties.isAlphabetic || first == "_" || first == "/",
      !words.contains(text.lowercased()), text.last != " "
    else { return false }
    return text.unicodeScalars.allSatisfy { letter in
      switch letter {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "/", " ": true
      default: false
      }
    }
  }
}
