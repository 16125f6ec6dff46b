package import JSON

/// One rule that a value breaks, and where.
package struct Finding: Hashable, Sendable {
  /// How much a finding weighs.
  package enum Severity: String, Hashable, Sendable {
    case error, warning
  }

  package var severity = Severity.error
  /// The rule, judged at the end of the stream, that the finding only counts for.
  package var tally: Int?
  /// The rule's name: the keyword of JSON Schema or of the contract.
  package var rule: String
  /// What tells findings of one rule apart, such as `missing` and `null`; usually nil.
  package var code: String?
  /// The JSON pointer of the value; empty for the record itself.
  package var pointer: String
  /// What the rule wants, in words.
  package var expected: String
  /// The value as JSON text, cut to 80 characters; empty where there is none.
  package var value: String

  package init(
    _ rule: String,
    code: String? = nil,
    at pointer: String,
    expected: String,
    value: JSONValue? = nil
  ) {
    self.rule = rule
    self.code = code
    self.pointer = pointer
    self.expected = expected
    self.value = value.map(Self.excerpt) ?? ""
  }

  /// The finding in words.
  package var message: String {
    let subject = code == "missing" ? "is missing" : "is \(value)"
    return value.isEmpty && code == nil
      ? "\(rule): \(expected)" : "\(rule): \(subject), expected \(expected)"
  }

  /// A value as JSON text of at most 80 characters.
  package static func excerpt(_ value: JSONValue) -> String {
    let text = value.encoded()
    guard text.unicodeScalars.count > 80 else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(79))) + "…"
  }
}

/// JSON pointers, put together step by step.
package enum Pointer {
  /// `pointer` with one more step, escaped as RFC 6901 has it.
  package static func append(_ pointer: String, _ step: String) -> String {
    var result = pointer + "/"
    for character in step.unicodeScalars {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// `pointer` with the index of an element.
  package static func append(_ pointer: String, _ index: Int) -> String { "\(pointer)/\(index)" }

  /// The steps of a pointer, unescaped.
  package static func steps(_ pointer: String) -> [String] {
    // By bytes: a slash and an accent after it are one character of Swift's.
    pointer.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst().map { step in
      var bytes: [UInt8] = []
      var rest = step
      while let byte = rest.popFirst() {
        if byte == 0x7E, let code = rest.first, code == 0x30 || code == 0x31 {
          bytes.append(code == 0x30 ? 0x7E : 0x2F)
          rest.removeFirst()
        } else {
          bytes.append(byte)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
