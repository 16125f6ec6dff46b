import ConnectorKit
import JSON
import Wire

/// What a stream is, found by reading the beginning of its files.
struct Discovery {
  private struct Found {
    var names: [String] = []
    var guesses: [ColumnGuess] = []
  }

  let settings: StreamSettings
  private var found = Found()

  private init(_ settings: StreamSettings) { self.settings = settings }

  /// The catalog entry of a stream.
  static func entry(_ settings: StreamSettings) throws(Failure) -> Catalog.Entry {
    var discovery = Discovery(settings)
    let files = try settings.files()
    // Each file has its share, and a few rows at least.
    let rows = settings.sampleRows.map { $0 == 0 ? .max : $0 } ?? 50_000
    let bytes = settings.sampleRows == nil ? 16 << 20 : Int.max
    for file in files {
      try discovery.sample(file, max(rows / files.count, 100), max(bytes / files.count, 1 << 14))
    }
    return try discovery.entry(files)
  }

  private mutating func sample(
    _ file: SourceFile,
    _ rows: Int,
    _ bytes: Int
  ) throws(Failure) {
    var reader = try CSVReader.open(file, settings)
    guard let header = try reader.header(settings) else { return }
    for remark in header.remarks { Log.warning("\(file.path): \(remark)") }
    if header.names.count == 1, found.names.isEmpty { doubtDelimiter(header.names[0], file) }
    var places: [Int] = []
    for name in header.names {
      if let place = found.names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) {
        places.append(place)
      } else {
        places.append(found.names.count)
        found.names.append(name)
        found.guesses.append(ColumnGuess())
      }
    }
    let nulls = Nulls(settings.dialect)
    let isTold = header.names.map { settings.told($0) != nil }
    var guesses = found.guesses
    var count = 0
    while count < rows, reader.buffer.consumed < bytes {
      let isRow = try reader.next { column, cell in
        guard column < places.count, !isTold[column] else { return }
        // In a column of numbers a quoted null is null: what is not yet text may still be one.
        if nulls.contains(cell, isText: guesses[places[column]].isText) { return }
        guesses[places[column]].add(cell)
      }
      guard isRow else { break }
      count += 1
    }
    found.guesses = guesses
  }

  private func doubtDelimiter(_ name: String, _ file: SourceFile) {
    for (character, shown) in [(";", ";"), ("\t", "\\t"), ("|", "|"), (",", ",")]
    where name.contains(character) {
      Log.warning(
        "\(file.path): the header is one column, \(JSONText.quoted(name)): "
          + "is \"delimiter\": \"\(shown)\" meant?"
      )
      return
    }
  }

  private func entry(_ files: [SourceFile]) throws(Failure) -> Catalog.Entry {
    guard !found.names.isEmpty else {
      throw Failure(
        .data,
        "\(files[0].path)\(files.count > 1 ? " and the other files are" : " is") empty: "
          + "there is no header line",
        hint: "Set \"names\" if a file without any line is to be a stream without rows."
      )
    }
    try settings.check(found.names)
    var properties = JSONObject()
    for (name, guess) in zip(found.names, found.guesses) {
      let kind = settings.told(name) ?? guess.result
      properties[name] = kind.schema(isNullable: !settings.keys.contains(name))
    }
    explainWords()
    if let extra = settings.raggedness.column {
      guard properties[extra] == nil else {
        throw Failure(
          .configuration,
          "\(settings.place): the column \(JSONText.quoted(extra)) for surplus cells exists already",
          hint: "Set \"extra_column\" to another name."
        )
      }
      properties[extra] = ["type": ["null", "array"], "items": ["type": "string"]]
    }
    return Catalog.Entry(object(properties))
  }

  /// Says which columns are text only because of words that may mean null.
  private func explainWords() {
    var columns: [String] = []
    var words: Set<String> = []
    var kinds: Set<String> = []
    for (name, guess) in zip(found.names, found.guesses) {
      guard let hidden = guess.hidden, settings.told(name) == nil else { continue }
      columns.append(JSONText.quoted(name))
      words.formUnion(guess.words.keys)
      kinds.insert(hidden.name)
    }
    guard !columns.isEmpty else { return }
    let isOne = columns.count == 1
    Log.warning(
      "stream \(settings.name): \(isOne ? "column" : "columns") "
        + "\(columns.joined(separator: ", ")) \(isOne ? "is" : "are") read as text because of "
        + "\(words.sorted().map(JSONText.quoted).joined(separator: ", ")): with "
        + "\(words.count == 1 ? "it" : "them") in \"null_values\" \(isOne ? "it" : "they") "
        + "would be \(kinds.sorted().joined(separator: ", "))"
    )
  }

  private func object(_ properties: JSONObject) -> JSONObject {
    var entry = JSONObject()
    entry["tap_stream_id"] = .string(settings.name)
    entry["stream"] = .string(settings.name)
    entry["key_properties"] = .array(settings.keys.map { .string($0) })
    var root: JSONObject = ["inclusion": "available", "selected-by-default": true]
    root["table-key-properties"] = .array(settings.keys.map { .string($0) })
    switch settings.replication {
    case .full: entry["replication_method"] = "FULL_TABLE"
    case .modified: entry["replication_method"] = "INCREMENTAL"
    case .cursor(let key):
      entry["replication_method"] = "INCREMENTAL"
      entry["replication_key"] = .string(key)
      root["valid-replication-keys"] = [.string(key)]
    }
    entry["schema"] = ["type": "object", "properties": .object(properties)]
    var metadata: [JSONValue] = [["breadcrumb": [], "metadata": .object(root)]]
    for name in properties.keys {
      var isAutomatic = settings.keys.contains(name)
      if case .cursor(name) = settings.replication { isAutomatic = true }
      metadata.append([
        "breadcrumb": ["properties", .string(name)],
        "metadata": ["inclusion": isAutomatic ? "automatic" : "available"],
      ])
    }
    entry["metadata"] = .array(metadata)
    return entry
  }
}
