internal import JSON
internal import Posix
internal import Wire

/// Data as a user names them for a contract: what they are, found by looking at them.
package struct ContractData: Sendable {
  package enum Form: Sendable {
    /// Singer or Airbyte messages, which name their streams themselves.
    case messages
    /// One JSON object on each line.
    case records
    case csv
    /// Parquet files that are one table.
    case parquet([Part])
  }

  /// One file of a table.
  package struct Part: Sendable {
    package let file: DataFile
    /// The columns that the names of its folders tell, as text; nil is null.
    package let pathValues: [(column: String, value: String?)]
    /// Where it lies on this machine; nil for one in a bucket.
    package let local: String?
  }

  /// As the user named them; of a destination's table, its folder too.
  package let path: String
  package let form: Form
  /// Whether they are a table that runs have loaded, under a contract as it may be.
  var isTable = false
  /// What the data are called: the table, or the file without its endings.
  package let name: String
  private let spool: Spool?

  init(_ path: String, _ form: Form, name: String, spool: Spool? = nil) {
    self.path = path
    self.form = form
    self.name = name
    self.spool = spool
  }

  /// The file that is read.
  var location: String { spool?.path ?? path }

  /// Whether their lines are numbered as the user's editor numbers them.
  var isLines: Bool {
    switch form {
    case .messages, .records: true
    case .csv, .parquet: false
    }
  }

  /// The file `path`, whose first bytes and name tell what it is; `-` is standard input.
  ///
  /// Both that and a file of gzip's are copied first.
  static func file(_ path: String) throws(Failure) -> ContractData {
    guard path != "-" else { return try file(path, name: "stdin", spool: try Spool(path)) }
    let name = stem(path)
    return try file(path, name: name, spool: Spool.isGzip(path) ? try Spool(path) : nil)
  }

  private static func file(
    _ path: String,
    name: String,
    spool: Spool?
  ) throws(Failure) -> ContractData {
    let location = spool?.path ?? path
    func data(_ form: Form) -> ContractData { ContractData(path, form, name: name, spool: spool) }
    let head = try head(of: location)
    if head.starts(with: Array("PAR1".utf8)) || location.hasSuffix(".parquet") {
      let part = Part(
        file: try DataFile(location, try local()),
        pathValues: [],
        local: Paths.absolute(location)
      )
      return data(.parquet([part]))
    }
    let start = head.first { !isBlank($0) }
    let ending = location.split(separator: ".").last.map { $0.lowercased() } ?? ""
    switch start {
    case UInt8(ascii: "{"): return data(try areMessages(location) ? .messages : .records)
    case UInt8(ascii: "[") where ending == "json":
      throw Failure(
        .data,
        "\(path) is a JSON array",
        hint: "Write one record on each line: `jq -c '.[]' \(path)`."
      )
    case nil where ["json", "jsonl", "ndjson"].contains(ending): return data(.records)
    // Nothing came in: a tap without a row, or a stream of nothing.
    case nil where path == "-": return data(.records)
    default:
      let isText = ["json", "jsonl", "ndjson", "singer"].contains(ending)
      return data(isText ? .records : .csv)
    }
  }

  /// No settings of buckets are needed for what lies on this machine.
  static func local() throws(Failure) -> StoreAccess {
    do {
      return try StoreAccess(config: nil)
    } catch {
      throw error as? Failure ?? Failure(.bug, "\(error)")
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// The file's first lines, without a byte-order mark.
  private static func head(of path: String) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var filled = 0
    do throws(PosixError) {
      let file = try Descriptor(opening: path)
      let raw = file.raw
      while filled < bytes.count {
        // SAFETY: the buffer is lent for the call, from what is filled on.
        let count = unsafe bytes.withUnsafeMutableBytes { room -> Int? in
          unsafe try? Descriptor.read(
            raw,
            into: UnsafeMutableRawBufferPointer(rebasing: room[filled...])
          )
        }
        guard let count else { throw PosixError("read", path) }
        if count == 0 { break }
        filled += count
      }
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    let head = bytes[..<filled]
    return Array(head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head)
  }

  /// Whether the first line is a message and no record that happens to have a `type`.
  private static func areMessages(_ path: String) throws(Failure) -> Bool {
    guard let message = try? JSONValue.parse(try Regions.firstLine(path)),
      let type = message["type"]?.string
    else { return false }
    switch type {
    case "SCHEMA": return message["stream"] != nil && message["schema"] != nil
    case "RECORD": return message["record"]?.object != nil
    case "STATE": return message["value"] != nil || message["state"] != nil
    case "ACTIVATE_VERSION", "BATCH": return message["stream"] != nil
    case "LOG", "TRACE", "CONTROL", "SPEC", "CATALOG":
      return message[type.lowercased()]?.object != nil
    case "CONNECTION_STATUS": return message["connectionStatus"]?.object != nil
    default: return false
    }
  }

  /// The file's name without folders and endings.
  static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.split(separator: ".").first.map(String.init) ?? file
  }
}
