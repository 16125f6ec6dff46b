import ConnectorKit
import JSON
import Wire

/// What a configuration says: which source, and how it is run.
struct AirbyteSettings {
  static let info = PluginInfo(
    "dativo-tap-airbyte",
    "Any Airbyte source, as an executable, a PyPI package or a container image, as a Singer tap.",
    capabilities: ["about", "catalog", "discover", "properties", "state", "test"],
    settings: [
      Setting("executable", .array, "The source as a program and its first arguments."),
      Setting(
        "package",
        .string,
        "The source as a PyPI package, such as airbyte-source-faker==7.2.1."
      ),
      Setting(
        "image",
        .string,
        "The source as a container image, such as airbyte/source-faker:7.2.1."
      ),
      Setting(
        "connector_config",
        .object,
        "The source's own configuration, as its spec has it.",
        default: [:]
      ),
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
      Setting(
        "config_store",
        .string,
        "The folder that keeps what a source changes of its own configuration.",
        default: ".dativo/airbyte"
      ),
      Setting(
        "container",
        .object,
        "How an image is run.",
        default: [:],
        members: ContainerSettings.settings
      ),
    ]
  )

  enum Program {
    case executable([String])
    case package(String)
    case image(String)
  }

  struct Stream {
    let mode: String?
    let cursor: JSONValue?
    let key: JSONValue?
  }

  let program: Program
  let config: JSONObject
  let streams: [String: Stream]
  let failsOnCounts: Bool
  let store: String
  let container: ContainerSettings
  /// Where the settings came from, for messages.
  let source: String

  init(_ configuration: Configuration) throws(Failure) {
    source = configuration.source
    let words = configuration.values["executable"]?.array
    let names = ["executable", "package", "image"].filter { configuration.values[$0] != nil }
    guard names.count == 1 else {
      throw Failure(
        .configuration,
        names.isEmpty
          ? "\(source): no source is named"
          : "\(source): \(names.joined(separator: " and ")) are given, which are different sources",
        hint: #"Give one of "executable": ["source-x"], "package": "airbyte-source-x" and "#
          + #""image": "airbyte/source-x:1.0"."#
      )
    }
    if let package = configuration.string("package") {
      program = .package(package)
    } else if let image = configuration.string("image") {
      program = .image(image)
    } else {
      let texts = (words ?? []).compactMap(\.string)
      guard !texts.isEmpty, texts.count == words?.count else {
        throw Failure(
          .configuration,
          "\(configuration.place("executable")): \"executable\" is a list of texts, the program first"
        )
      }
      program = .executable(texts)
    }
    config = configuration.values["connector_config"]?.object ?? JSONObject()
    var streams: [String: Stream] = [:]
    for (name, value) in configuration.values["streams"]?.object?.members ?? [] {
      streams[name] = Stream(
        mode: value["sync_mode"]?.string,
        cursor: value["cursor_field"],
        key: value["primary_key"]
      )
    }
    self.streams = streams
    failsOnCounts = configuration.string("count_mismatch") == "fail"
    store = configuration.string("config_store") ?? ".dativo/airbyte"
    container = ContainerSettings(configuration.values["container"]?.object ?? JSONObject())
  }
}
