package import JSON
internal import Secrets
internal import Telemetry

/// Keeps secrets out of what is shown, by the names that settings have.
package enum Redaction {
  /// What stands in place of a secret.
  package static let mark = TextMask.mark

  private static let words = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "accesskey",
    "credential", "authorization", "auth", "dsn", "connectionstring", "cookie", "signature",
    "accountkey", "encryptionkey", "signingkey", "sharedkey", "bearer", "serviceaccountjson",
    "keyfilejson", "webhookurl",
  ]
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
    // A tokenizer cuts texts into words.
    let plain = name.lowercased().filter { $0 != "_" && $0 != "-" }.replacing("tokeniz", with: "")
    // `auth_method` and `author` tell, `auth` is told.
    if words.contains(where: { $0 == "auth" ? plain == $0 : plain.contains($0) }) { return true }
    let parts = name.lowercased().split { $0 == "_" || $0 == "-" || $0 == "." }.map(String.init)
    return wholeWords.contains(plain) || parts.contains(where: wholeWords.contains)
      || plain == "connstr" || plain.hasSuffix("connstr")
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
