internal import JSON

/// Plain scalars by the YAML 1.2 core schema.
enum YAMLScalar {
  static func json(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: break
    }
    guard let first = text.utf8.first,
      first == 0x2D || first == 0x2B || first == 0x2E
        || (0x30...0x39).contains(first)
    else { return .string(text) }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
      let digits = text.dropFirst(2)
      guard digits.first?.isLetter ?? false || digits.first?.isNumber ?? false,
        let value = Int64(digits, radix: radix)
      else { return .string(text) }
      return .number(JSONNumber(value))
    }
    return number(text).map { .number($0) } ?? .string(text)
  }

  /// A decimal number, written as JSON has it: no plus sign, no leading zeros, digits at the point.
  private static func number(_ text: String) -> JSONNumber? {
    var digits = text[...]
    var sign = ""
    if digits.hasPrefix("-") || digits.hasPrefix("+") {
      if digits.hasPrefix("-") { sign = "-" }
      digits = digits.dropFirst()
    }
    let exponentStart = digits.firstIndex { $0 == "e" || $0 == "E" } ?? digits.endIndex
    let mantissa = digits[..<exponentStart]
    let exponent = digits[exponentStart...]
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }),
      parts.contains(where: { !$0.isEmpty })
    else { return nil }
    let whole = parts[0].drop { $0 == "0" }
    let fraction = parts.count == 2 && !parts[1].isEmpty ? ".\(parts[1])" : ""
    return JSONNumber(sign + (whole.isEmpty ? "0" : whole) + fraction + exponent)
  }
}
