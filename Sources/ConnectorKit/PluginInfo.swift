public import JSON

/// What an executable says of itself with `--about`.
public struct PluginInfo: Sendable {
  /// The version of the plugin interface that these sources speak.
  public static let apiVersion = "1"
  /// The version of Dativo's own executables.
  public static let version = "0.1.0"

  /// The executable's name.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// The words that tell a runner what it may ask, such as `catalog` or `state`.
  public let capabilities: [String]
  /// What the configuration may hold.
  public let settings: [Setting]

  /// Describes an executable.
  public init(_ name: String, _ summary: String, capabilities: [String], settings: [Setting]) {
    self.name = name
    self.summary = summary
    self.capabilities = capabilities
    self.settings = settings
  }

  /// The settings as a JSON Schema.
  public var settingsSchema: JSONValue {
    var properties = JSONObject()
    for setting in settings { properties[setting.name] = setting.schema }
    var schema = JSONObject()
    schema["type"] = "object"
    schema["properties"] = .object(properties)
    schema["required"] = .array(settings.filter(\.isRequired).map { .string($0.name) })
    schema["additionalProperties"] = false
    return .object(schema)
  }

  /// The answer to `--about --format json`.
  public var json: JSONValue {
    var about = JSONObject()
    about["name"] = .string(name)
    about["description"] = .string(summary)
    about["version"] = .string(Self.version)
    about["dativo_api_version"] = .string(Self.apiVersion)
    about["protocol"] = "singer"
    about["capabilities"] = .array(capabilities.map { .string($0) })
    about["settings"] = settingsSchema
    return .object(about)
  }

  /// The answer to `--about --format markdown`.
  public var markdown: String {
    var lines = [
      "# \(name)", "", summary, "", "| setting | kind | default | meaning |", "|---|---|---|---|",
    ]
    for setting in settings {
      let standard = setting.isRequired ? "required" : setting.defaultValue?.encoded() ?? ""
      lines.append(
        "| `\(setting.name)` | \(setting.kind.rawValue) | \(standard) | \(setting.summary) |"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The answer to `--about`.
  public var text: String {
    var lines = ["Name: \(name)", "Description: \(summary)", "Version: \(Self.version)"]
    lines.append("Capabilities: \(capabilities.joined(separator: ", "))")
    lines.append("Settings:")
    for setting in settings {
      lines.append("  \(setting.name) (\(setting.kind.rawValue)): \(setting.summary)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
