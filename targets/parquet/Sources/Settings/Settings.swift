import ConnectorKit
import JSON
import Storage
import Wire

/// The target's settings: described once, read once.
struct Settings {
  static let info = PluginInfo(
    "dativo-target-parquet",
    "Writes Singer and Airbyte streams as Parquet tables, exactly once.",
    capabilities: [
      "about", "activate-version", "batch", "committed-state", "hard-delete", "soft-delete",
      "structured-logging",
    ],
    settings: [
      Setting(
        "destination",
        .string,
        "The folder under which each stream has its own, or s3://bucket/prefix.",
        required: true
      ),
      Setting(
        "pipeline",
        .string,
        "Who writes: the commit log, its STATE and the file names belong to it.",
        default: "default"
      ),
      S3Settings.setting,
      Setting(
        "checkpoint_interval",
        .object,
        "{bytes, rows, seconds}: a STATE is committed when one is reached (128MiB, 900 seconds).",
        members: [
          Setting("bytes", .size, "Null lifts the limit."),
          Setting("rows", .integer, "Null lifts the limit."),
          Setting("seconds", .integer, "Null lifts the limit."),
        ]
      ),
      Setting(
        "memory_limit",
        .size,
        "What rows that wait, and parts on their way, may take.",
        default: "64MiB"
      ),
      Setting(
        "tail",
        .string,
        "Rows after the last STATE at a clean end of input.",
        default: "commit",
        choices: ["commit", "discard"]
      ),
      Setting("shared", .boolean, "Several pipelines append to one table.", default: false),
      Setting(
        "adopt",
        .boolean,
        "A table may have files that another tool has written; they stay as they are.",
        default: false
      ),
      Setting(
        "lenient",
        .boolean,
        "Lines that are no message go to standard error.",
        default: false
      ),
      Setting("source", .string, "A fingerprint of the tap and what identifies its data."),
      Setting("run_id", .string, "The name of this run in the commit log."),
      Setting(
        "batch_roots",
        .array,
        "Folders whose files BATCH messages may name; without them such a message is an error."
      ),
      Setting("max_line_size", .size, "The longest line that is read.", default: "64MiB"),
    ] + StreamSettings.settings + [
      Setting(
        "streams",
        .object,
        "{NAME: {…}}: what differs for a stream, from compression on.",
        values: StreamSettings.settings
      )
    ],
    tables: { [("types", TypeTable.rows)] }
  )

  var destination: String
  var s3: S3Settings
  var pipeline: String
  /// Those of streams that have none of their own.
  var common: StreamSettings
  /// By the bytes of their names.
  var streams: [[UInt8]: StreamSettings] = [:]
  var checkpoint: Checkpoint
  var memory: Int
  /// What rows may take before they become row groups.
  ///
  /// Two such batches, one filling and one being encoded, rows that wait for more of their folder
  /// and the encoder's own buffers stay within the limit together.
  var batchBudget: Int { max(memory / 4, 1 << 18) }
  var discardsTail: Bool
  var isShared: Bool
  var adopts: Bool
  var lenient: Bool
  var source: String?
  var run: String
  var lineLimit: Int
  var batchRoots: [String]
  /// What Airbyte's catalog says of the streams.
  var catalog = ConfiguredCatalog()

  init(_ configuration: Configuration) throws(Failure) {
    destination = configuration.string("destination") ?? ""
    while destination.count > 1, destination.hasSuffix("/"), !destination.hasSuffix("://") {
      destination.removeLast()
    }
    pipeline = configuration.string("pipeline") ?? "default"
    s3 = try S3Settings(configuration)
    guard !destination.isEmpty else {
      throw Failure(
        .configuration,
        "\(configuration.place("destination")): \"destination\" is empty"
      )
    }
    let isPlain = pipeline.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E: true
      default: false
      }
    }
    guard isPlain, !pipeline.isEmpty, !pipeline.hasPrefix("."), pipeline != "tables",
      pipeline.utf8.count <= 128
    else {
      throw Failure(
        .configuration,
        "\(configuration.place("pipeline")): \"pipeline\" cannot be \"\(pipeline.prefix(140))\"",
        hint:
          "It may have up to 128 letters, digits, '_', '-' and '.', the first no '.'; \"tables\" "
          + "is taken."
      )
    }
    common = try StreamSettings(configuration)
    for stream in configuration["streams"]?.object?.keys ?? [] {
      streams[Array(stream.utf8)] = try StreamSettings(configuration, stream: stream)
    }
    memory = try configuration.size("memory_limit") ?? 64 << 20
    guard memory > 0 else {
      let place = configuration.place("memory_limit")
      throw Failure(.configuration, "\(place): \"memory_limit\" must be at least 1")
    }
    if destination.hasPrefix("s3://") { memory = s3.takeShare(of: memory) }
    lineLimit = try configuration.size("max_line_size") ?? 64 << 20
    batchRoots = (configuration["batch_roots"]?.array ?? []).compactMap(\.string)
    discardsTail = configuration.string("tail") == "discard"
    adopts = configuration.bool("adopt")
    isShared = configuration.bool("shared")
    lenient = configuration.bool("lenient")
    source = configuration.string("source")
    run = configuration.string("run_id") ?? ""
    checkpoint = try Checkpoint(configuration)
  }

  /// Those of one stream.
  func settings(of stream: String) -> StreamSettings {
    var found = streams[Array(stream.utf8)] ?? common
    if catalog.streams[Array(stream.utf8)]?.overwrites == true { found.loading.overwrites = true }
    return found
  }

  /// Goes by a catalog; throws where it takes rows away that the settings keep.
  mutating func follow(_ catalog: ConfiguredCatalog) throws(Failure) {
    self.catalog = catalog
    for (name, stream) in catalog.streams
    where stream.overwrites || stream.generation?.minimum ?? 0 > 0 {
      let text = "stream \(String(decoding: name, as: UTF8.self)): the catalog replaces rows"
      if isShared {
        throw Failure(.configuration, "\(text), and a table that is \"shared\" is only added to")
      }
      if stream.overwrites, discardsTail {
        throw Failure(.configuration, "\(text), and \"tail\": \"discard\" takes their end away")
      }
    }
  }
}
