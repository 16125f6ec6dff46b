package import JSON
internal import Secrets

/// The values that must not be shown, gathered from configurations, variables and command lines.
///
/// Left alone are values of one or two characters and plain words such as `true`, which would
/// hide half of every line, truths, and numbers below four digits.
package struct SecretValues: Sendable, Hashable {
  package private(set) var values: Set<String> = []

  package init() {}

  private static let plain: Set<String> = [
    "true", "false", "null", "none", "nil", "yes", "off", "undefined", "default",
  ]
  private static let shortest = 3
  /// A line of a key or certificate is told from a closing brace by its length.
  private static let shortestLine = 6

  package func united(with other: SecretValues) -> SecretValues {
    var all = self
    all.values.formUnion(other.values)
    return all
  }

  // MARK: Where they stand

  /// Takes those settings whose names, or whose descriptions in `schema`, say that they are secret.
  package mutating func take(settings: JSONObject, schema: JSONValue? = nil) {
    var users: [String] = []
    var secrets: [String] = []
    for (name, value) in settings {
      let setting = schema?["properties"]?[name] ?? schema?["additionalProperties"]
      if Redaction.isSecret(name) || Self.isMarked(setting) {
        take(whole: value)
        if let text = value.string { secrets.append(text) }
      } else {
        take(within: value, setting)
        if let text = value.string, Self.isUser(name) { users.append(text) }
      }
    }
    // What HTTP's basic authentication sends.
    for user in users { for secret in secrets { put("\(user):\(secret)") } }
  }

  private mutating func take(within value: JSONValue, _ setting: JSONValue?) {
    switch value {
    case .object(let object): take(settings: object, schema: setting)
    case .array(let elements): for element in elements { take(within: element, setting?["items"]) }
    case .string(let text): take(url: text)
    default: break
    }
  }

  /// Takes a secret of a backend: its text, or all that its document holds.
  package mutating func take(secret value: JSONValue) { take(whole: value) }

  /// Takes all that a secret setting holds.
  private mutating func take(whole value: JSONValue) {
    switch value {
    case .object(let object): for member in object { take(whole: member.value) }
    case .array(let elements): for element in elements { take(whole: element) }
    case .string(let text): take(text)
    case .number(let number): if number.text.count > 3 { take(number.text) }
    case .bool, .null: break
    }
  }

  /// Takes the variables whose names say that they are secret.
  package mutating func take(environment: [String: String]) {
    for (name, value) in environment where Redaction.isSecret(name) { take(value) }
  }

  /// Takes a variable that a configuration refers to: it is a secret unless its name says that it
  /// is something else.
  package mutating func take(variable name: String, _ value: String) {
    let last = name.lowercased().split(separator: "_").last.map(String.init) ?? ""
    let isTelling = Self.telling.contains(last) && !Redaction.isSecret(name)
    if isTelling { take(url: value) } else { take(value) }
  }

  /// Takes what stands in a command line as `--password=…` or behind `--password`.
  package mutating func take(words: [String]) {
    var isNext = false
    for word in words {
      if isNext { take(word) }
      isNext = false
      guard word.hasPrefix("-") else { continue }
      let parts = word.split(separator: "=", maxSplits: 1)
      guard let name = parts.first, Redaction.isSecret(String(name)) else { continue }
      if parts.count > 1 { take(String(parts[1])) } else { isNext = true }
    }
  }

  // MARK: What they are

  /// Takes a secret, each of its lines, and what lies within it if it is JSON or a URL.
  package mutating func take(_ text: String) {
    put(text)
    let lines = text.split(whereSeparator: \.isNewline)
    if lines.count > 1 {
      for line in lines {
        let plain = line.drop(while: \.isWhitespace)
        if plain.count >= Self.shortestLine, !plain.hasPrefix("-----") {
          put(String(plain))
        }
      }
    }
    if text.hasPrefix("{"), let value = try? JSONValue.parse(text) { take(whole: value) }
    take(url: text)
  }

  private mutating func put(_ text: String) {
    let trimmed = String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    )
    guard trimmed.utf8.count >= Self.shortest, !Self.plain.contains(trimmed.lowercased()),
      trimmed.utf8.count > Self.shortest || Int(trimmed) == nil,
      // What refers to a secret is none.
      !SecretText.isNeeded(trimmed)
    else { return }
    values.insert(trimmed)
  }

  /// Takes the password in a URL, and the parameters that are secret by name.
  private mutating func take(url text: String) {
    if let user = Redaction.userInfo(text), let colon = user.firstIndex(of: ":") {
      take(encoded: user[user.index(after: colon)...])
      put(String(user))
    }
    guard text.contains("://"), let mark = text.firstIndex(of: "?") else { return }
    for parameter in text[text.index(after: mark)...].split(separator: "&") {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      if parts.count == 2, Redaction.isSecret(String(parts[0])) { take(encoded: parts[1]) }
    }
  }

  private mutating func take(encoded text: Substring) {
    put(String(text))
    put(SecretForms.withoutPercents(String(text)))
  }

  /// Whether a setting's description says that it is secret.
  static func isMarked(_ setting: JSONValue?) -> Bool {
    ["secret", "sensitive", "writeOnly"].contains { setting?[$0]?.bool == true }
  }

  private static func isUser(_ name: String) -> Bool {
    let plain = name.lowercased()
    return ["user", "login", "email", "client_id", "clientid", "account"].contains {
      plain.contains($0)
    }
  }

  /// Last words of variables' names that say that the value is no secret.
  private static let telling: Set<String> = [
    "account", "bucket", "database", "date", "db", "dir", "directory", "domain", "email", "end",
    "endpoint", "env", "environment", "file", "folder", "home", "host", "hostname", "lang",
    "level", "mode", "name", "path", "port", "prefix", "project", "pwd", "region", "schema",
    "since", "stage", "start", "table", "tenant", "tmpdir", "tz", "until", "user", "username",
    "version", "warehouse",
  ]
}
