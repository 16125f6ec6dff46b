import AirbyteKit
import ConnectorKit
import JSON
import Wire

/// What a configuration says: which source, and how it is read.
struct AirbyteSettings {
  static let info = PluginInfo(
    "dativo-tap-airbyte",
    "Any Airbyte source, as an executable, a PyPI package or a container image, as a Singer tap.",
    capabilities: ["about", "catalog", "discover", "properties", "state", "test"],
    settings: ConnectorSettings.settings(.source) + [
      Setting(
        "streams",
        .object,
        "By stream: how it is read, where the catalog does not say so.",
        default: [:],
        values: [
          Setting("sync_mode", .string, "How.", choices: ["full_refresh", "incremental"]),
          Setting("cursor_field", .array, "The path of the cursor."),
          Setting("primary_key", .array, "A list of paths."),
        ]
      ),
      Setting(
        "count_mismatch",
        .string,
        "What it weighs when a state counts other records than came.",
        default: "warn",
        choices: ["warn", "fail"]
      ),
      Setting("max_line_size", .size, "The longest line that is accepted.", default: "64MiB"),
    ]
  )

  struct Stream {
    let mode: String?
    let cursor: JSONValue?
    let key: JSONValue?
  }

  let connector: ConnectorSettings
  let streams: [String: Stream]
  let failsOnCounts: Bool
  /// How many bytes a line of the source may have.
  let lineLimit: Int

  init(_ configuration: Configuration) throws(Failure) {
    try configuration.checkNested(Self.info.settings)
    connector = try ConnectorSettings(configuration, .source)
    var streams: [String: Stream] = [:]
    for (name, value) in configuration.values["streams"]?.object?.members ?? [] {
      streams[name] = Stream(
        mode: value["sync_mode"]?.string,
        cursor: value["cursor_field"],
        key: value["primary_key"]
      )
    }
    self.streams = streams
    lineLimit = try configuration.size("max_line_size") ?? 64 << 20
    failsOnCounts = configuration.string("count_mismatch") == "fail"
  }
}
