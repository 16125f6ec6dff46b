package import JSON
internal import Secrets
internal import Telemetry

/// Keeps secrets out of what is shown, by the names that settings have.
package enum Redaction {
  /// What stands in place of a secret.
  package static let mark = TextMask.mark

  private static let words: [[UInt8]] = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "accesskey",
    "credential", "authorization", "auth", "dsn", "connectionstring", "cookie", "signature",
    "accountkey", "encryptionkey", "signingkey", "sharedkey", "bearer", "serviceaccountjson",
    "keyfilejson", "webhookurl",
  ].map { Array($0.utf8) }
  private static let auth = Array("auth".utf8)
  private static let tokenizer = Array("tokeniz".utf8)
  /// Words that are a secret's as a whole word of the name only: `compass` is none.
  private static let wholeWords: Set<String> = [
    "pwd", "pass", "psw", "jwt", "hmac", "pin", "salt", "connstr", "passwd",
  ]

  /// Whether a setting of this name holds a secret.
  package static func isSecret(_ name: String) -> Bool {
    // The working folder is called by a short word for password.
    if ["PWD", "OLDPWD"].contains(name) { return false }
    // The path of a list that the middle stage is given.
    if name == "secrets_file" { return false }
    let lower = name.lowercased()
    var plain = lower.utf8.filter { $0 != 0x5F && $0 != 0x2D }
    // A tokenizer cuts texts into words.
    var start = 0
    while let place = place(of: tokenizer, in: plain, from: start) {
      plain.removeSubrange(place)
      start = place.lowerBound
    }
    // `auth_method` and `author` tell, `auth` is told.
    let isTold = words.contains { word in
      word == auth ? plain == word : place(of: word, in: plain) != nil
    }
    if isTold { return true }
    let whole = String(decoding: plain, as: UTF8.self)
    let parts = lower.split { $0 == "_" || $0 == "-" || $0 == "." }.map(String.init)
    return wholeWords.contains(whole) || parts.contains(where: wholeWords.contains)
      || whole.hasSuffix("connstr")
  }

  /// Where `word` first stands in `text` from `first` on.
  private static func place(
    of word: [UInt8],
    in text: [UInt8],
    from first: Int = 0
  ) -> Range<Int>? {
    guard text.count - word.count >= first else { return nil }
    for start in first...text.count - word.count {
      let range = start..<start + word.count
      if text[start] == word[0], text[range].elementsEqual(word) { return range }
    }
    return nil
  }

  /// A configuration as it may be shown.
  package static func shown(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(
          object.map { member in
            let isHidden =
              isSecret(member.key) && !member.value.isNull && !isReference(member.value)
            return (key: member.key, value: isHidden ? .string(mark) : shown(member.value))
          }
        )
      )
    case .array(let elements): .array(elements.map(shown))
    default: withoutUser(value)
    }
  }

  /// Whether a value is nothing but a reference to a secret, which tells nothing of it.
  private static func isReference(_ value: JSONValue) -> Bool {
    guard let text = value.string, SecretText.isNeeded(text) else { return false }
    return (try? SecretText(text))?.whole != nil
  }

  /// A URL without the user and password that may stand in it.
  static func withoutUser(_ value: JSONValue) -> JSONValue {
    guard let text = value.string, let user = userInfo(text) else { return value }
    return .string("\(text[..<user.startIndex])\(mark)\(text[user.endIndex...])")
  }

  /// The `user:password` of a URL; nil for a URL without, and for other text.
  static func userInfo(_ text: String) -> Substring? {
    guard let scheme = text.firstRange(of: "://") else { return nil }
    let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.lastIndex(of: "@").map { authority[..<$0] }
  }
}
