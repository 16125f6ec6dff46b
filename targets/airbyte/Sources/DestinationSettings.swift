import AirbyteKit
import ConnectorKit
import JSON
import Wire

/// What a configuration says: which destination, and what becomes of the rows that it has.
struct DestinationSettings {
  static let info = PluginInfo(
    "dativo-target-airbyte",
    "Any Airbyte destination, as an executable, a PyPI package or a container image, as a Singer target.",
    capabilities: ["about", "awaits-verdict", "test"],
    settings: ConnectorSettings.settings(.destination) + [
      mode,
      Setting("namespace", .string, "The namespace of all streams that come as Singer messages."),
      Setting(
        "streams",
        .object,
        "By stream: what differs from the settings above.",
        default: [:],
        values: [
          mode,
          Setting(
            "cursor_field",
            .array,
            "The path of the cursor; bookmark_properties if not given."
          ),
          Setting("generation_id", .integer, "The generation of the rows that come."),
          Setting("minimum_generation_id", .integer, "The oldest generation whose rows stay."),
        ]
      ),
      Setting("max_line_size", .size, "The longest line that is accepted.", default: "64MiB"),
    ]
  )

  private static let mode = Setting(
    "sync_mode",
    .string,
    "What becomes of the rows that are there; if not given, append_dedup where a stream has a key "
      + "and the destination can, else append.",
    choices: SyncMode.allCases.map(\.rawValue)
  )

  struct Stream {
    let mode: SyncMode?
    let cursor: JSONValue?
    let generation: Int64?
    let minimum: Int64?
  }

  let connector: ConnectorSettings
  let namespace: String?
  let lineLimit: Int
  private let mode: SyncMode?
  private let streams: [String: Stream]

  init(_ configuration: Configuration) throws(Failure) {
    try configuration.checkNested(Self.info.settings)
    connector = try ConnectorSettings(configuration, .destination)
    namespace = configuration.string("namespace")
    lineLimit = try configuration.size("max_line_size") ?? 64 << 20
    mode = configuration.string("sync_mode").flatMap(SyncMode.init)
    var streams: [String: Stream] = [:]
    for (name, value) in configuration.values["streams"]?.object?.members ?? [] {
      streams[name] = Stream(
        mode: value["sync_mode"]?.string.flatMap(SyncMode.init),
        cursor: value["cursor_field"],
        generation: value["generation_id"]?.number?.int64,
        minimum: value["minimum_generation_id"]?.number?.int64
      )
    }
    self.streams = streams
  }

  /// What holds for a stream.
  func stream(_ name: String) -> Stream {
    let own = streams[name]
    return Stream(
      mode: own?.mode ?? mode,
      cursor: own?.cursor,
      generation: own?.generation,
      minimum: own?.minimum
    )
  }
}

/// What becomes of the rows that a destination has, in Airbyte's words.
enum SyncMode: String, CaseIterable {
  case append, overwrite
  case appendDedup = "append_dedup"
}
