import JSON
import Wire

/// How far the sync of one stream has come.
struct Bookmark {
  /// A place between two rows of a file.
  struct Place {
    var file: SourceFile
    /// The rows before it.
    var row: Int
    /// The line and byte where the next row begins; without a byte the rows are read past.
    var line: Int
    var offset: Int?
  }

  /// What the stream is read by; a bookmark of another way is void.
  var method: String
  /// Files that have been read, as they were when they were opened.
  var files: [String: SourceFile] = [:]
  /// Where the file at hand is to be gone on with.
  var place: Place?
  /// The value of the cursor where the sync began, and the largest since.
  var start: JSONValue?
  var maximum: JSONValue?
  var key: String?

  init(method: String, key: String? = nil) {
    self.method = method
    self.key = key
  }

  /// Whether a file has been read as it is now; an older time is no change.
  func covers(_ file: SourceFile) -> Bool {
    guard let known = files[file.path] else { return false }
    return known.size == file.size && file.modified <= known.modified
  }

  /// Reads a stream's bookmark; one of another method or key gives an empty one.
  init(_ value: JSONValue?, method: String, key: String?) {
    self.init(method: method, key: key)
    guard value?["replication"]?.string == method, value?["replication_key"]?.string == key else {
      // What another tap, or the catalog of another, left under the usual names is good.
      if key != nil, value?["replication_key"]?.string == key {
        start = value?["replication_key_value"]
      }
      return
    }
    for member in value?["files"]?.object?.members ?? [] {
      files[member.key] = SourceFile(member.key, bookmark: member.value)
    }
    start = value?["replication_key_value"]
    maximum = value?["maximum"]
    if let progress = value?["progress"], let path = progress["path"]?.string,
      let file = SourceFile(path, bookmark: progress), let row = progress["row"]?.number?.int64,
      let line = progress["line"]?.number?.int64
    {
      place = Place(
        file: file,
        row: Int(row),
        line: Int(line),
        offset: progress["offset"]?.number?.int64.map { Int($0) }
      )
    }
  }

  /// The bookmark as STATE has it.
  var json: JSONValue {
    var object = JSONObject()
    object["replication"] = .string(method)
    if let key { object["replication_key"] = .string(key) }
    if let start { object["replication_key_value"] = start }
    if let maximum { object["maximum"] = maximum }
    if !files.isEmpty {
      var list = JSONObject()
      for path in files.keys.sorted() { list[path] = files[path]?.bookmark }
      object["files"] = .object(list)
    }
    if let place, var progress = place.file.bookmark.object {
      progress["path"] = .string(place.file.path)
      progress["row"] = .number(JSONNumber(place.row))
      progress["line"] = .number(JSONNumber(place.line))
      if let offset = place.offset { progress["offset"] = .number(JSONNumber(offset)) }
      object["progress"] = .object(progress)
    }
    return .object(object)
  }
}

extension SourceFile {
  /// A file as a bookmark remembers it.
  fileprivate init?(_ path: String, bookmark: JSONValue) {
    guard let modified = bookmark["modified"]?.string, let size = bookmark["size"]?.number?.int64
    else { return nil }
    self.path = path
    self.modified = modified
    self.size = Int(size)
  }

  fileprivate var bookmark: JSONValue {
    ["modified": .string(modified), "size": .number(JSONNumber(size))]
  }
}
