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
  /// Further facts, such as how types are mapped, each row with the same members.
  public typealias Tables = [(name: String, rows: [JSONObject])]
  private let makeTables: @Sendable () -> Tables

  /// The further facts, made when they are asked for.
  public var tables: Tables { makeTables() }

  /// Describes an executable.
  public init(
    _ name: String,
    _ summary: String,
    capabilities: [String],
    settings: [Setting],
    tables: @escaping @Sendable () -> Tables = { [] }
  ) {
    makeTables = tables
    self.name = name
    self.summary = summary
    self.capabilities = capabilities
    self.settings = settings
  }

  /// The same with the JSON Schema that others have told of one setting, and its rows as a table.
  public func detailing(_ name: String, _ form: JSONValue, table: String, _ rows: [JSONObject])
    -> PluginInfo
  {
    let tables = tables
    return PluginInfo(
      self.name,
      summary,
      capabilities: capabilities,
      settings: settings.map { $0.name == name ? $0.having(form: form) : $0 },
      tables: { tables + [(table, rows)] }
    )
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
    for table in tables { about[table.name] = .array(table.rows.map { .object($0) }) }
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
    for table in tables {
      guard let first = table.rows.first else { continue }
      lines += ["", "## \(table.name)", "", "| \(first.keys.joined(separator: " | ")) |"]
      lines.append("|" + String(repeating: "---|", count: first.keys.count))
      for row in table.rows { lines.append("| \(Self.cells(row).joined(separator: " | ")) |") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ row: JSONObject) -> [String] {
    row.members.map { $0.value.string ?? $0.value.encoded() }
  }

  /// The answer to `--about`.
  public var text: String {
    var lines = ["Name: \(name)", "Description: \(summary)", "Version: \(Self.version)"]
    lines.append("Capabilities: \(capabilities.joined(separator: ", "))")
    lines.append("Settings:")
    for setting in settings {
      lines.append("  \(setting.name) (\(setting.kind.rawValue)): \(setting.summary)")
    }
    for table in tables {
      lines.append("\(table.name.prefix(1).uppercased() + table.name.dropFirst()):")
      for row in table.rows {
        lines.append("  \(Self.cells(row).filter { !$0.isEmpty }.joined(separator: "  ->  "))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
