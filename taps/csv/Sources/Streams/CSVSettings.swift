import ConnectorKit
import JSON
import Wire

/// The tap's settings: described once, read once.
struct CSVSettings: Sendable {
  static let info = PluginInfo(
    "dativo-tap-csv",
    "Reads CSV files, plain or compressed, as Singer streams.",
    capabilities: [
      "about", "catalog", "discover", "properties", "state", "structured-logging", "test",
    ],
    settings: [
      Setting(
        "files",
        .array,
        "The streams: a list of objects with \"path\" and any of the settings below."
      ),
      Setting(
        "state_interval",
        .integer,
        "Rows of a file after which a STATE is sent; 0 for the ends of files only.",
        default: 100_000
      ),
    ] + ofStreams
  )

  /// The settings of a stream; beside `files` they hold for all streams that do not say otherwise.
  static let ofStreams = [
    Setting("path", .string, "A file, or a pattern such as \"data/*.csv\"."),
    Setting("stream", .string, "The stream's name; else it is made of the file's name."),
    Setting("keys", .array, "The columns that identify a row."),
    Setting("delimiter", .string, "Between cells; a tab for .tsv files.", default: ","),
    Setting("quote", .string, "Around cells; \"\" for none.", default: "\""),
    Setting("escape", .string, "Before a character taken as it is, such as \"\\\\\"."),
    Setting("header", .boolean, "Whether the first line names the columns.", default: true),
    Setting("names", .array, "The columns' names where there is no header, or in its place."),
    Setting("skip_lines", .integer, "Lines before the header that are passed over.", default: 0),
    Setting(
      "encoding",
      .string,
      "utf-8, latin-1, windows-1252, utf-16, utf-16le or utf-16be; byte-order marks are seen.",
      default: "utf-8"
    ),
    Setting("null_values", .array, "The texts that mean null.", default: [""]),
    Setting(
      "quoted_nulls",
      .boolean,
      "Whether they mean null in quotes too, where a column is text.",
      default: false
    ),
    Setting(
      "ragged",
      .string,
      "Rows of another length: an error, padded with null, or surplus cells collected.",
      default: "error",
      choices: ["error", "pad", "collect"]
    ),
    Setting("extra_column", .string, "Where surplus cells are collected.", default: "_extra"),
    Setting(
      "types",
      .object,
      "Column to type: \(ColumnKind.names.joined(separator: ", ")); else found by a sample."
    ),
    Setting(
      "sample_rows",
      .integer,
      "Rows by which types are found, 0 for all; else 50000, in 16 MiB at most."
    ),
    Setting(
      "replication",
      .string,
      "Read again: everything, changed files, or rows by a column.",
      default: "full_table",
      choices: ["full_table", "modified", "cursor"]
    ),
    Setting("replication_key", .string, "The column that \"cursor\" goes by."),
  ]

  var streams: [StreamSettings]
  /// Rows between two STATE messages within a file; nil for none.
  var stateInterval: Int?

  init(_ configuration: Configuration) throws(Failure) {
    var defaults = configuration.values
    let interval = configuration.integer("state_interval") ?? 100_000
    stateInterval = interval > 0 ? interval : nil
    streams = []
    guard let files = configuration["files"]?.array else {
      defaults["state_interval"] = nil
      guard configuration["path"] != nil else {
        throw Failure(
          .configuration,
          "\(configuration.source): neither \"path\" nor \"files\" is set",
          hint: "{\"path\": \"orders.csv\"} or {\"files\": [{\"path\": \"orders.csv\"}]}"
        )
      }
      streams = [
        try StreamSettings(defaults, defaults: JSONObject(), at: [], in: configuration)
      ]
      return
    }
    for name in ["path", "stream"] where configuration[name] != nil {
      throw Failure(
        .configuration,
        "\(configuration.place(name)): \"\(name)\" stands beside \"files\"",
        hint: "Put it into an element of \"files\"."
      )
    }
    for (index, element) in files.enumerated() {
      let at = ["files", String(index)]
      guard let object = element.object ?? element.string.map({ ["path": .string($0)] }) else {
        throw Failure(
          .configuration,
          "\(configuration.place(at)): an element of \"files\" must be an object with \"path\""
        )
      }
      let stream = try StreamSettings(object, defaults: defaults, at: at, in: configuration)
      if streams.contains(where: { $0.name == stream.name }) {
        throw Failure(
          .configuration,
          "\(stream.place): a second stream is called \(JSONText.quoted(stream.name))",
          hint: "Set \"stream\" to another name; one pattern can name all files of one stream."
        )
      }
      streams.append(stream)
    }
    guard !streams.isEmpty else {
      throw Failure(.configuration, "\(configuration.place("files")): \"files\" is empty")
    }
  }
}
