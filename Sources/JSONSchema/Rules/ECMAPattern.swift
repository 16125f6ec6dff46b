/// Turns a pattern of ECMA-262 into one of PCRE2 where the two differ.
enum ECMAPattern {
  /// `.` in ECMA excludes four line ends; `\s` includes Unicode's spaces.
  private static let anyCharacter = #"[^\n\r\u2028\u2029]"#
  private static let spaces =
    #"\t\n\x0b\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"#

  /// The general categories by their long names; PCRE2 knows the short ones.
  private static let properties = [
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Cased_Letter": "L&", "LC": "L&", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M",
    "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N",
    "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
    "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
    "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
    "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
    "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
    "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
    "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co",
    "Unassigned": "Cn",
  ]

  /// What PCRE2 calls a property that ECMA writes as `name` or `kind=name`.
  private static func property(_ text: String) -> String {
    guard let mark = text.firstIndex(of: "=") else { return properties[text] ?? text }
    let value = String(text[text.index(after: mark)...])
    switch text[..<mark] {
    case "Script", "sc": return "sc:\(value)"
    case "Script_Extensions", "scx": return "scx:\(value)"
    default: return properties[value] ?? value
    }
  }

  static func translated(_ source: String, isStrict: Bool) throws(Pattern.Problem) -> [UInt8] {
    var output = ""
    var rest = source.unicodeScalars[...]
    var inClass = false
    var previous: Unicode.Scalar?
    while let character = rest.popFirst() {
      defer { previous = character }
      switch character {
      case "\\":
        try escape(&rest, inClass, isStrict, &output)
      case "[" where !inClass:
        inClass = true
        output += "["
        if rest.first == "^" {
          rest.removeFirst()
          output += "^"
        }
      case "[": output += #"\["#
      case "]" where inClass:
        inClass = false
        output += "]"
      case "." where !inClass: output += anyCharacter
      case "(" where !inClass:
        output += "("
        if rest.first == "?" { try checkGroup(rest) }
      case "+" where !inClass && (previous == "+" || previous == "*" || previous == "}"):
        throw Pattern.Problem(
          reason: "a possessive quantifier, which ECMA-262 does not have",
          hint: "Remove the second quantifier."
        )
      default: output.unicodeScalars.append(character)
      }
    }
    return Array(output.utf8)
  }

  private static func checkGroup(_ rest: Substring.UnicodeScalarView) throws(Pattern.Problem) {
    let head = String(rest.dropFirst().prefix(2))
    if head.hasPrefix(":") || head.hasPrefix("=") || head.hasPrefix("!") || head.hasPrefix("<") {
      return
    }
    throw Pattern.Problem(
      reason: "the group (?\(head)…, which ECMA-262 does not have",
      hint: "Flags such as (?i) do not exist there: write [Aa] for both cases."
    )
  }

  private static func escape(
    _ rest: inout Substring.UnicodeScalarView,
    _ inClass: Bool,
    _ isStrict: Bool,
    _ output: inout String
  ) throws(Pattern.Problem) {
    guard let letter = rest.popFirst() else {
      throw Pattern.Problem(reason: "a backslash at the end", hint: #"Write \\ for a backslash."#)
    }
    switch letter {
    case "s": output += inClass ? spaces : "[\(spaces)]"
    case "S" where !inClass: output += "[^\(spaces)]"
    case "A", "Z", "z", "G", "Q", "E", "K", "R", "X", "h", "H", "N":
      let hint =
        letter == "A"
        ? "Write ^ for the start."
        : letter.properties.isUppercase || letter == "z"
          ? "Write $ for the end." : nil
      throw Pattern.Problem(
        reason: "\\\(letter), which ECMA-262 does not have",
        hint: letter == "A" || letter == "Z" || letter == "z" ? hint : nil
      )
    case "p", "P":
      output += "\\\(letter)"
      guard rest.first == "{", let close = rest.firstIndex(of: "}") else { return }
      let name = String(rest[rest.index(after: rest.startIndex)..<close])
      output += "{\(property(name))}"
      rest = rest[rest.index(after: close)...]
    // An identity escape; PCRE2 gives some letters a meaning that ECMA has not.
    case "a", "e", "C", "g", "L", "l", "U", "o":
      if isStrict { throw Pattern.Problem(reason: "\\\(letter), which means nothing", hint: nil) }
      output.unicodeScalars.append(letter)
    default:
      output += "\\"
      output.unicodeScalars.append(letter)
    }
  }
}
