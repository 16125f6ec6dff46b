import ConnectorKit
import JSON
import Wire

extension StreamSettings {
  /// Reads one element of `files`, or the settings beside `path`, at `at` of the configuration.
  ///
  /// `defaults` holds for what the element does not say.
  init(
    _ object: JSONObject,
    defaults: JSONObject,
    at: [String],
    in configuration: Configuration
  ) throws(Failure) {
    let values = try SettingValues(object, defaults: defaults, at: at, in: configuration)
    guard let path = values.text("path"), !path.isEmpty else {
      throw Failure(
        .configuration,
        "\(configuration.place(at)): \"path\" is missing",
        hint: "\"path\" is the file of the stream, or a pattern such as \"data/*.csv\"."
      )
    }
    self.path = path
    place = values.place("path")
    keyPlace = values.place("keys")
    typePlace = values.place("types")
    name = values.text("stream") ?? Self.name(for: path)
    guard !name.isEmpty else {
      throw Failure(
        .configuration,
        "\(place): \"\(path)\" gives the stream no name",
        hint: "Set \"stream\"."
      )
    }
    dialect = try Self.dialect(values, path)
    let encoding = values.text("encoding") ?? "utf-8"
    guard let known = TextEncoding(named: encoding) else {
      throw values.failure(
        "encoding",
        "one of \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    self.encoding = known
    names = try values.texts("names")
    hasHeader = values["header"]?.bool ?? (names == nil)
    if let names, Set(names).count < names.count || names.contains("") || names.isEmpty {
      throw values.failure("names", "names that differ from one another, none of them empty")
    }
    skipLines = try values.count("skip_lines") ?? 0
    sampleRows = try values.count("sample_rows")
    let extra = values.text("extra_column") ?? "_extra"
    raggedness =
      switch values.text("ragged") {
      case "pad": .pad
      case "collect": .collect(column: extra)
      default: .error
      }
    keys = try values.texts("keys") ?? []
    types = try Self.types(values)
    replication = try Self.replication(values)
  }

  /// The name of a file without its folder and suffixes; of a pattern, what stands before the
  /// first wildcard, else the name of its folder.
  static func name(for path: String) -> String {
    let parts = path.split(separator: "/")
    var name = String(parts.last ?? "")
    if FileList.isPattern(name) {
      name = String(name.prefix { $0 != "*" && $0 != "?" && $0 != "[" })
      while let last = name.last, "-_. ".contains(last) { name.removeLast() }
      let folder = parts.dropLast().last.map(String.init) ?? ""
      return name.isEmpty && !FileList.isPattern(folder) ? folder : name
    }
    for suffix in [".gz", ".zst", ".zstd", ".csv", ".tsv", ".tab", ".txt", ".psv", ".dat"]
    where name.lowercased().hasSuffix(suffix) && name.count > suffix.count {
      name.removeLast(suffix.count)
    }
    return name
  }

  private static func dialect(_ values: SettingValues, _ path: String) throws(Failure) -> Dialect {
    var dialect = Dialect()
    let plain = name(for: path).isEmpty ? path : path.lowercased()
    if plain.contains(".tsv") || plain.contains(".tab") { dialect.delimiter = 0x09 }
    if let byte = try byte(values, "delimiter") { dialect.delimiter = byte }
    if let byte = try byte(values, "quote") { dialect.quote = byte }
    if let byte = try byte(values, "escape") { dialect.escape = byte }
    if dialect.delimiter == Dialect.none || dialect.delimiter == dialect.quote
      || dialect.delimiter == dialect.escape
    {
      throw values.failure("delimiter", "a character other than quote and escape")
    }
    // A quote that escapes itself is what doubling means.
    if dialect.escape == dialect.quote { dialect.escape = Dialect.none }
    if let nulls = try values.texts("null_values") { dialect.nulls = nulls.map { Array($0.utf8) } }
    dialect.quotedNulls = values["quoted_nulls"]?.bool ?? false
    return dialect
  }

  /// One ASCII character; an empty text is none.
  private static func byte(_ values: SettingValues, _ name: String) throws(Failure) -> UInt8? {
    guard let text = values.text(name) else { return nil }
    if text.isEmpty { return Dialect.none }
    if text == "\\t" || text.lowercased() == "tab" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80, byte != 0x0A, byte != 0x0D
    else {
      throw values.failure(name, "one ASCII character, such as \",\", \";\", \"|\" or \"\\t\"")
    }
    return byte
  }

  private static func types(
    _ values: SettingValues
  ) throws(Failure) -> [(name: String, kind: ColumnKind)] {
    var types: [(name: String, kind: ColumnKind)] = []
    for member in values["types"]?.object?.members ?? [] {
      guard let kind = member.value.string.flatMap(ColumnKind.init(named:)) else {
        throw values.failure(
          "types",
          member.key,
          "one of \(ColumnKind.names.joined(separator: ", "))"
        )
      }
      types.append((member.key, kind))
    }
    return types
  }

  private static func replication(_ values: SettingValues) throws(Failure) -> Replication {
    let key = values.text("replication_key")
    switch values.text("replication") ?? (key == nil ? "full_table" : "cursor") {
    case "modified": return .modified
    case "cursor":
      guard let key else {
        throw values.failure("replication", "set together with \"replication_key\", a column")
      }
      return .cursor(key)
    default:
      guard key == nil else {
        throw values.failure("replication", "\"cursor\" where there is a \"replication_key\"")
      }
      return .full
    }
  }
}
