internal import JSON

/// A configuration of values that mean nothing, for connectors that want settings before they tell
/// their streams.
enum MadeUpConfig {
  /// A value for every required setting, and for the two that most older taps want.
  static func of(_ settings: JSONValue?) -> JSONObject {
    var config: JSONObject = ["start_date": "2024-01-01T00:00:00Z", "user_agent": "dativo"]
    if let properties = settings?["properties"]?.object {
      // A connector that tells its settings may refuse any other.
      config = JSONObject()
      for name in (settings?["required"]?.array ?? []).compactMap(\.string) {
        config[name] = value(name, properties[name] ?? .null)
      }
      // Many want them without saying so, in a form that an example of theirs shows.
      for name in ["start_date", "credentials"] where config[name] == nil {
        config[name] = properties[name].map { value(name, $0) }
      }
    }
    return config
  }

  /// A value of the setting's type.
  static func value(_ name: String, _ setting: JSONValue) -> JSONValue {
    let given = [
      setting["const"], setting["default"], setting["enum"]?.array?.first,
      setting["examples"]?.array?.first,
    ]
    if let fitting = given.lazy.compactMap(\.self).first(where: { fits($0, setting) }) {
      return fitting
    }
    if let choice = (setting["oneOf"] ?? setting["anyOf"])?.array?.first {
      return value(name, choice)
    }
    let types = setting["type"]?.array?.compactMap(\.string) ?? [setting["type"]?.string ?? ""]
    // A choice of several may leave out that it is an object.
    let isObject = setting["type"] == nil && setting["properties"] != nil
    switch isObject ? "object" : types.first(where: { $0 != "null" }) {
    case "integer"?, "number"?: return 1
    case "boolean"?: return false
    case "array"?: return .array([value(name, setting["items"] ?? .null)])
    case "object"?:
      let properties = setting["properties"]?.object ?? JSONObject()
      let required = (setting["required"]?.array ?? []).compactMap(\.string)
      return .object(
        JSONObject(required.map { (key: $0, value: value($0, properties[$0] ?? .null)) })
      )
    default: return .string(text(name, setting["format"]?.string))
    }
  }

  /// Whether a value that a setting names is of its type; authors slip.
  private static func fits(_ value: JSONValue, _ setting: JSONValue) -> Bool {
    let types = setting["type"]?.array?.compactMap(\.string) ?? [setting["type"]?.string ?? ""]
    let isChoice = setting["oneOf"] != nil || setting["anyOf"] != nil
    return switch value {
    case .string: types.contains("string") || types == [""] && !isChoice
    case .number: types.contains("integer") || types.contains("number") || types == [""]
    case .array: types.contains("array") || types == [""]
    case .object: types.contains("object") || types == [""]
    case .bool, .null: true
    }
  }

  private static func text(_ name: String, _ format: String?) -> String {
    let name = name.lowercased()
    if format == "date" { return "2024-01-01" }
    if format == "date-time" || name.contains("date") { return "2024-01-01T00:00:00Z" }
    if format == "uri" || name.contains("url") { return "https://127.0.0.1:9" }
    if name == "port" { return "9" }
    if name.contains("host") { return "127.0.0.1" }
    return "made-up"
  }

  /// The names in a complaint such as `Config is missing required keys: ['api_key', 'site']`.
  static func missing(in lines: [String]) -> [String] {
    // A traceback shows the line of code first that complains.
    for line in lines.reversed() {
      guard let words = line.firstRange(of: "missing required keys: [") else { continue }
      let names = line[words.upperBound...].split { "[]',\" {}()".contains($0) }.map(String.init)
      return names.filter(PluginFile.isName)
    }
    return []
  }
}
