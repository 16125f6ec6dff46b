/// What one mapping of a contract may hold, by version of the standard.
///
/// Forms are written as text, one key a line: `key type notes`. A type is `text`, `flag`,
/// `integer`, `number`, `scalar`, `any`, `mapping`, `text|mapping`, `id`, `reference`, `port`, `=a|b@3.1` (one of these words,
/// from a version on; `*` is any), a form's name, or one of these in brackets: a list. Notes are `!` (required),
/// `!3.1` (required from there on), `!<3.1` (required before), `3.1` (the key came with it),
/// `<3.0.2` (the key went with it).
struct Form: Sendable {
  struct Key: Sendable {
    let type: ValueType
    var since = ODCSVersion.v300
    var until: ODCSVersion?
    var requiredSince: ODCSVersion?
    var requiredUntil: ODCSVersion?

    func exists(in version: ODCSVersion) -> Bool {
      version >= since && until.map { version < $0 } ?? true
    }

    func isRequired(in version: ODCSVersion) -> Bool {
      exists(in: version) && requiredSince.map { version >= $0 } ?? false
        && requiredUntil.map { version < $0 } ?? true
    }
  }

  indirect enum ValueType: Sendable {
    case text, flag, integer, number, scalar, any, mapping, textOrMapping, id, reference, port
    case word([String: ODCSVersion])
    case form(String)
    case list(ValueType)

    /// Whether null is a value of its own, not absence.
    var takesNull: Bool {
      switch self {
      case .any, .scalar: true
      default: false
      }
    }
  }

  /// What the mapping is called in messages.
  let name: String
  /// From which version on the standard forbids other keys; nil for never.
  let closedSince: ODCSVersion?
  let keys: [String: Key]

  init(_ name: String, closed: ODCSVersion?, _ text: String, _ more: String = "") {
    self.name = name
    closedSince = closed
    var keys: [String: Key] = [:]
    // By bytes: every start that reads a contract comes through here.
    for line in (text + "\n" + more).utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
      guard words.count > 1 else { continue }
      keys[words[0]] = Self.key(words[1], notes: words.dropFirst(2))
    }
    self.keys = keys
  }

  private static func key(_ type: String, notes: ArraySlice<String>) -> Key {
    var key = Key(type: valueType(type))
    for note in notes {
      if note == "!" {
        key.requiredSince = .v300
      } else if note.hasPrefix("!<") {
        key.requiredSince = .v300
        key.requiredUntil = version(note.dropFirst(2))
      } else if note.hasPrefix("!") {
        key.requiredSince = version(note.dropFirst())
      } else if note.hasPrefix("<") {
        key.until = version(note.dropFirst())
      } else {
        key.since = version(note[...])
      }
    }
    return key
  }

  private static func valueType(_ text: String) -> ValueType {
    if text.hasPrefix("[") { return .list(valueType(String(text.dropFirst().dropLast()))) }
    if text.hasPrefix("=") {
      var words: [String: ODCSVersion] = [:]
      for word in text.dropFirst().split(separator: "|") {
        let parts = word.split(separator: "@")
        words[String(parts[0])] = parts.count > 1 ? version(parts[1]) : .v300
      }
      return .word(words)
    }
    switch text {
    case "text": return .text
    case "flag": return .flag
    case "integer": return .integer
    case "number": return .number
    case "scalar": return .scalar
    case "any": return .any
    case "mapping": return .mapping
    case "text|mapping": return .textOrMapping
    case "id": return .id
    case "reference": return .reference
    case "port": return .port
    default: return .form(text)
    }
  }

  private static func version(_ text: Substring) -> ODCSVersion {
    let whole = text.split(separator: ".").count == 2 ? "v\(text).0" : "v\(text)"
    return ODCSVersion(rawValue: whole) ?? .v320
  }
}
