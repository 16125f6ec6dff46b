import ConnectorKit
import JSON
import Posix
import Wire

/// The sync of one stream: its SCHEMA, the records of its files, and STATE where one can go on.
struct StreamSync {
  /// The bookmarks of all streams; each STATE carries them all.
  typealias Bookmarks = JSONObject

  let settings: StreamSettings
  let columns: [Column]
  let entry: Catalog.Entry
  let stateInterval: Int?
  var bookmark: Bookmark
  var cursor: Cursor?
  private var warned: Set<String> = []

  init(
    _ settings: StreamSettings,
    _ entry: Catalog.Entry,
    bookmark: JSONValue?,
    stateInterval: Int?
  ) throws(Failure) {
    self.settings = settings
    self.entry = entry
    self.stateInterval = stateInterval
    columns = try Self.columns(settings, entry)
    switch try Self.replication(settings, entry) {
    case .full: self.bookmark = Bookmark(bookmark, method: "full_table", key: nil)
    case .modified: self.bookmark = Bookmark(bookmark, method: "modified", key: nil)
    case .cursor(let key):
      self.bookmark = Bookmark(bookmark, method: "cursor", key: key)
      cursor = try Self.cursor(key, columns, self.bookmark, settings)
    }
  }

  /// Writes the stream; false if a signal ended it early.
  mutating func run(
    _ bookmarks: inout Bookmarks,
    to writer: inout MessageWriter
  ) throws(Failure) -> Bool {
    try writer.schema(
      stream: settings.name,
      schema,
      keys: entry.keyProperties,
      bookmarks: cursor.map { [$0.column] } ?? []
    )
    let files = try settings.files()
    let before = writer.records
    var count = 0
    var sinceState = 0
    for file in files where !bookmark.covers(file) {
      let rows = writer.records
      guard try read(file, &bookmarks, to: &writer) else { return false }
      bookmark.files[file.path] = file
      bookmark.place = nil
      count += 1
      sinceState += writer.records - rows
      // With thousands of small files a STATE after each, which names them all, would outgrow them.
      // The last one has the STATE that ends the stream.
      if file != files.last, files.count <= 100 || sinceState >= 10_000 {
        try state(&bookmarks, &writer)
        sinceState = 0
      }
    }
    finish(files)
    try state(&bookmarks, &writer)
    let records = writer.records - before
    Log.info(
      "\(settings.name): \(records) record\(records == 1 ? "" : "s") from \(count) of "
        + "\(files.count) file\(files.count == 1 ? "" : "s")"
    )
    return true
  }

  /// The schema with the selected properties only, and the types that the configuration tells.
  private var schema: JSONValue {
    guard var root = entry.schema.object, let all = root["properties"]?.object else {
      return entry.schema
    }
    var properties = JSONObject()
    for column in columns where column.isSelected {
      let isNullable = !entry.keyProperties.contains(column.name)
      let isTold = column.isTold && ColumnKind(all[column.name] ?? .null) != column.kind
      properties[column.name] =
        isTold ? column.kind.schema(isNullable: isNullable) : all[column.name]
    }
    root["properties"] = .object(properties)
    root["selected"] = nil
    return .object(root)
  }

  /// What a bookmark says once all files are read.
  private mutating func finish(_ files: [SourceFile]) {
    bookmark.place = nil
    if let cursor {
      if cursor.passedBy > 0 {
        warn(
          "\(cursor.passedBy) rows without a value of \(cursor.column) were passed by: nothing tells "
            + "whether they are new; a load without --state reads them"
        )
      }
      bookmark.start = cursor.maximum?.json
      bookmark.maximum = nil
    }
    if bookmark.method == "modified" {
      let paths = Set(files.map(\.path))
      bookmark.files = bookmark.files.filter { paths.contains($0.key) }
    } else {
      bookmark.files = [:]
    }
  }

  mutating func state(
    _ bookmarks: inout Bookmarks,
    _ writer: inout MessageWriter
  ) throws(Failure) {
    if let cursor, bookmark.place != nil || !bookmark.files.isEmpty {
      bookmark.maximum = cursor.maximum?.json
    }
    bookmarks[settings.name] = bookmark.json
    try writer.state(["bookmarks": .object(bookmarks)])
  }

  mutating func warn(_ message: String) {
    if warned.insert(message).inserted { Log.warning("stream \(settings.name): \(message)") }
  }
}
