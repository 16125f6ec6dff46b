public import JSON

/// One setting of a plugin: what `--about` shows and what a configuration is checked against.
public struct Setting: Sendable {
  /// The JSON types that a setting may have.
  public enum Kind: String, Sendable {
    case string, integer, number, boolean, object, array
    /// A number of bytes, or text such as `128MiB`.
    case size
    /// A whole number, or text such as `2%`.
    case share
  }

  /// The key in the configuration.
  public let name: String
  /// What the value must be.
  public let kind: Kind
  /// What it is for, in one line.
  public let summary: String
  /// Whether a configuration without it is wrong.
  public let isRequired: Bool
  /// Whether it must never be printed.
  public let isSensitive: Bool
  /// The value that stands when it is absent.
  public let defaultValue: JSONValue?
  /// The only values allowed, if there is such a list.
  public let choices: [String]
  /// Of an object: the settings that each of its values has, whose keys are anybody's; nil if they
  /// are not settings.
  public let values: [Setting]?
  /// Of an object: the settings that it has itself; nil if it may have any.
  public let members: [Setting]?
  /// Of an object: the JSON Schema that it has, told by others; nil if nobody has told one.
  private(set) var form: JSONValue?

  /// Describes a setting.
  public init(
    _ name: String,
    _ kind: Kind,
    _ summary: String,
    required: Bool = false,
    sensitive: Bool = false,
    default defaultValue: JSONValue? = nil,
    choices: [String] = [],
    values: [Setting]? = nil,
    members: [Setting]? = nil
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    isRequired = required
    isSensitive = sensitive
    self.defaultValue = defaultValue
    self.choices = choices
    self.values = values
    self.members = members
  }

  /// The setting as a property of a JSON Schema.
  var schema: JSONValue {
    var object = JSONObject()
    object["type"] =
      kind == .size || kind == .share ? .array(["integer", "string"]) : .string(kind.rawValue)
    object["description"] = .string(summary)
    if let defaultValue { object["default"] = defaultValue }
    if !choices.isEmpty { object["enum"] = .array(choices.map { .string($0) }) }
    if isSensitive { object["secret"] = true }
    if let members {
      for (key, value) in Self.schema(members).members { object[key] = value }
    }
    if let values {
      var inner: JSONObject = ["type": "object"]
      for (key, value) in Self.schema(values).members { inner[key] = value }
      object["additionalProperties"] = .object(inner)
    }
    for (key, value) in form?.object?.members ?? [] where object[key] == nil || key == "type" {
      object[key] = value
    }
    return .object(object)
  }

  /// The setting with a JSON Schema that others have told.
  func having(form: JSONValue) -> Setting {
    var setting = self
    setting.form = form
    return setting
  }

  private static func schema(_ settings: [Setting]) -> JSONObject {
    let members = settings.map { (key: $0.name, value: $0.schema) }
    return ["properties": .object(JSONObject(members)), "additionalProperties": false]
  }

  /// Whether `value` is of the setting's kind; null is as absent.
  public func accepts(_ value: JSONValue) -> Bool {
    switch (kind, value) {
    case (_, .null): true
    case (.string, .string(let text)): choices.isEmpty || choices.contains(text)
    case (.integer, .number(let number)): number.isInteger
    case (.number, .number), (.boolean, .bool), (.object, .object), (.array, .array): true
    case (.size, .number(let number)), (.share, .number(let number)): number.isInteger
    case (.size, .string), (.share, .string): true
    default: false
    }
  }

  /// What the value must be, in words.
  public var expectation: String {
    if !choices.isEmpty { return "one of \(choices.joined(separator: ", "))" }
    switch kind {
    case .size: return "a number of bytes, such as 134217728 or \"128MiB\""
    case .share: return "a whole number, or a percentage such as \"2%\""
    case .integer, .array, .object: return "an \(kind.rawValue)"
    default: return "a \(kind.rawValue)"
    }
  }
}
