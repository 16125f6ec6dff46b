import Codecs
import Columns
import ConnectorKit
import JSON
import Parquet
import Wire

/// How a stream is loaded and its files are written: settings that a stream may have of its own.
struct StreamSettings {
  static let settings =
    [
      Setting(
        "compression",
        .string,
        "The codec of the files.",
        default: "zstd",
        choices: ["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"]
      ),
      Setting(
        "compression_level",
        .integer,
        "The level of zstd (1-22), gzip (1-9), brotli (0-11) or lz4_raw (1-12)."
      ),
      encoding,
      Setting(
        "data_page_version",
        .string,
        "The version of data pages; every reader knows 1.0.",
        default: "1.0",
        choices: ["1.0", "2.0"]
      ),
      Setting("data_page_size", .size, "The bytes of a data page, about.", default: "1MiB"),
      Setting(
        "dictionary_page_limit",
        .size,
        "The bytes of a dictionary; a column goes on without it where it is full.",
        default: "1MiB"
      ),
      Setting(
        "columns",
        .object,
        "{NAME: {encoding, bloom_filter, type: float or float16}}; a column within another by its path, with dots.",
        values: columnSettings
      ),
    ] + Layout.settings + Loading.settings

  private static let encoding = Setting(
    "encoding",
    .string,
    "How values are encoded, where that suits their type; auto takes the smallest by trial.",
    default: "dictionary",
    choices: Encoding.allCases.map(\.rawValue)
  )

  private static let columnSettings = [
    encoding,
    Setting("bloom_filter", .boolean, "Lets readers tell that a value is not there."),
    Setting(
      "type",
      .string,
      "A narrower type for a column of numbers, to which values are rounded.",
      choices: RequestedTypes.choices
    ),
  ]

  var options = WriterOptions()
  private(set) var requested = RequestedTypes()
  let layout: Layout
  var loading: Loading
  /// The columns that the stream's own settings name, which it must have, and where they do.
  private var named: [String] = []
  private var place = ""

  /// Reads the settings for any stream, or with `stream` those of one.
  init(_ configuration: Configuration, stream: String? = nil) throws(Failure) {
    let path = stream.map { ["streams", $0] } ?? []
    var own = JSONObject()
    if let stream {
      let value = configuration["streams"]?[stream] ?? .null
      guard let object = value.object else {
        throw Failure(.configuration, "\(configuration.place(path)): must be an object")
      }
      own = object
      place = configuration.place(path + ["columns"])
    }
    try configuration.check(own, against: Self.settings, at: path)
    func value(_ name: String) -> JSONValue? { own[name] ?? configuration[name] }
    func location(_ name: String) -> String {
      configuration.place(own[name] == nil ? [name] : path + [name])
    }
    layout = try Layout(value, place: location)
    loading = try Loading(value, place: location)
    options.codec = value("compression")?.string.flatMap(Codec.init(rawValue:)) ?? .zstd
    options.level = value("compression_level")?.number?.int64.map { Int($0) }
    options.pageVersion = value("data_page_version")?.string == "2.0" ? 2 : 1
    options.pageSize =
      try Self.size("data_page_size", value, location) ?? options.pageSize
    options.dictionaryLimit =
      try Self.size("dictionary_page_limit", value, location) ?? options.dictionaryLimit
    if let name = value("encoding")?.string, let encoding = Encoding(rawValue: name) {
      options.encoding = encoding
    }
    try checkLevel(configuration.place(path + ["compression_level"]))
    try readColumns(configuration["columns"], configuration, ["columns"])
    if stream != nil {
      named = own["columns"]?.object?.keys ?? []
      try readColumns(own["columns"], configuration, path + ["columns"])
    }
  }

  /// A size of a page, which must fit into the 31 bits that its header has for it.
  private static func size(
    _ name: String,
    _ value: (String) -> JSONValue?,
    _ place: (String) -> String
  ) throws(Failure) -> Int? {
    guard let written = value(name) else { return nil }
    let label = "\(place(name)): \"\(name)\""
    let size = try ByteSize.read(written, label)
    guard let size, (1...1 << 30).contains(size) else {
      throw Failure(.configuration, "\(label) must be between 1 and 1GiB")
    }
    return size
  }

  /// Refuses a stream that has not what its own settings name.
  func check(_ schema: Schema, stream: String) throws(Failure) {
    try layout.check(schema, stream: stream)
    if let name = requested.misfit(in: schema, of: named) {
      throw Failure(
        .configuration,
        "\(place): \"\(name)\" of stream \(stream) is no column of numbers, which \"type\" is for"
      )
    }
    guard let misfit = options.misfit(in: schema, of: named) else { return }
    switch misfit {
    case .noColumn(let name):
      let near = Nearest.name(to: name, among: schema.fields.map(\.name))
      throw Failure(
        .configuration,
        "\(place): stream \(stream) has no column \"\(name)\"",
        hint: near.map { "Did you mean \"\($0)\"?" }
      )
    case .encoding(let encoding, let name):
      throw Failure(
        .configuration,
        "\(place): the type of column \"\(name)\" cannot be written as \(encoding.rawValue)",
        hint: "auto takes the smallest of those that it can."
      )
    }
  }

  private func checkLevel(_ place: String) throws(Failure) {
    guard let level = options.level else { return }
    let levels = options.codec.levels
    guard levels?.range.contains(level) != true else { return }
    throw Failure(
      .configuration,
      "\(place): \(options.codec.rawValue) has no \"compression_level\" \(level)",
      hint: levels.map { "It has \($0.range.lowerBound) to \($0.range.upperBound)." }
        ?? "It has no levels: leave the setting out."
    )
  }

  private mutating func readColumns(
    _ value: JSONValue?,
    _ configuration: Configuration,
    _ path: [String]
  ) throws(Failure) {
    for column in value?.object?.members ?? [] {
      let path = path + [column.key]
      guard let object = column.value.object else {
        throw Failure(.configuration, "\(configuration.place(path)): must be an object")
      }
      let name = ColumnName(column.key)
      if let encoding = object["encoding"]?.string {
        options.columnEncodings[name] = Encoding(rawValue: encoding)
      }
      if let type = object["type"]?.string { requested.set(type, for: column.key) }
      if let isWanted = object["bloom_filter"]?.bool {
        if isWanted {
          options.bloomFilters.insert(name)
        } else {
          options.bloomFilters.remove(name)
        }
      }
    }
  }
}
