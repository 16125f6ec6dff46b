internal import JSON

/// Text as a YAML value.
enum YAMLText {
  /// Without quotes where no reader, YAML 1.1 included, takes it for anything else.
  static func quoted(_ text: String) -> String {
    let words: Set<String> = [
      "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ]
    let isPlain =
      text.first.map { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "/") } ?? false
      && !words.contains(text.lowercased()) && text.last != " "
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "/", " ": true
        default: false
        }
      }
    return isPlain ? text : JSONValue.string(text).encoded()
  }
}
