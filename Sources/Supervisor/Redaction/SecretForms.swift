internal import JSON

/// The forms in which programs print one and the same text: as it is, in JSON, in URLs, in base64.
enum SecretForms {
  /// All forms of a secret, each once.
  static func all(_ secret: String) -> Set<String> {
    var forms: Set<String> = [secret]
    for escaped in [
      json(secret, asASCII: nil), json(secret, asASCII: "abcdef"),
      json(secret, asASCII: "ABCDEF"),
    ] {
      forms.insert(escaped)
      // JSON within JSON, as in a log line that quotes an answer.
      forms.insert(json(escaped, asASCII: nil))
      forms.insert(replaced(escaped, ["/": "\\/"]))
    }
    forms.insert(replaced(secret, ["\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"]))
    forms.insert(
      replaced(secret, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"])
    )
    for keeps in ["", "/"] {
      let encoded = percent(secret, keeps: keeps)
      forms.insert(encoded)
      forms.insert(replaced(encoded, ["%20": "+"]))
      forms.insert(lowerPercents(encoded))
    }
    for encoded in base64(Array(secret.utf8)) {
      forms.insert(encoded)
      forms.insert(replaced(encoded, ["+": "-", "/": "_"]))
    }
    return forms
  }

  /// As JSON has it between quotes; with `asASCII` every other sign becomes `\u…` with those digits.
  private static func json(_ text: String, asASCII letters: String?) -> String {
    guard let letters else {
      return String(JSONValue.string(text).encoded().dropFirst().dropLast())
    }
    var result = ""
    for unit in json(text, asASCII: nil).utf16 {
      if unit < 0x80 {
        result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      } else {
        let digits = String(unit, radix: 16, uppercase: letters == "ABCDEF")
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result
  }

  private static func percent(_ text: String, keeps: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let sign = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (sign.isLetter || sign.isNumber || "-._~\(keeps)".contains(sign))
      if isPlain {
        result.append(sign)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  private static func lowerPercents(_ text: String) -> String {
    var result = ""
    var left = 0
    for sign in text {
      if sign == "%" { left = 3 }
      result += left > 0 ? sign.lowercased() : String(sign)
      left -= 1
    }
    return result
  }

  /// The text that percent signs stand for.
  static func withoutPercents(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value alone, with a line feed, and as it looks within a longer text at each of the three
  /// places that a byte can have, without the signs that its neighbours have a part in.
  private static func base64(_ bytes: [UInt8]) -> [String] {
    var forms = [Base64.encode(bytes), Base64.encode(bytes + [0x0A])]
    if let whole = forms.first { forms.append(String(whole.prefix { $0 != "=" })) }
    for place in 0..<3 {
      let encoded = Base64.encode([UInt8](repeating: 0, count: place) + bytes)
      let first = (place * 8 + 5) / 6
      let end = (place + bytes.count) * 8 / 6
      let inner = encoded.dropFirst(first).prefix(end - first)
      if inner.count >= 6 { forms.append(String(inner)) }
    }
    return forms
  }

  private static func replaced(_ text: String, _ pairs: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let first = rest.first {
      if let pair = pairs.first(where: { rest.hasPrefix($0.key) }) {
        result += pair.value
        rest = rest.dropFirst(pair.key.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result
  }
}
