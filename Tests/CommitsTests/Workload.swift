import Commits
import JSON
import Storage
import Testing

/// A load of numbered rows into two tables, four rows and three files to a commit.
///
/// A file is text: its rows, one on a line, then `end`. The STATE is the number of the last row.
struct Workload {
  static let streams = ["orders", "items"]
  let pipeline: String
  let run: String

  init(pipeline: String = "p", run: String = "r") {
    self.pipeline = pipeline
    self.run = run
  }

  /// Loads from the committed STATE on; `tell` hears each STATE that may be relied on.
  func load(
    _ store: any ObjectStore,
    to end: Int,
    tell: (Int) -> Void = { _ in }
  ) throws(CommitError) {
    var log = try CommitLog.open(store, pipeline: pipeline, run: run, source: nil, foldsEvery: 3)
    var row = Self.row(log.last?.state)
    while row < end {
      let next = min(row + 4, end)
      try log.begin()
      var files: [Commit.File] = []
      let sequence = log.nextSequence
      for (part, rows) in Self.parts(row + 1, next).enumerated() {
        let stream = Self.streams[part / 2]
        try log.claim(stream, isShared: false)
        let name = "\(pipeline)-\(sequence)-\(part).parquet"
        files.append(
          try Self.stage(
            store,
            "\(log.staging)/\(stream).\(name).staged",
            "\(stream)/\(name)",
            rows
          )
        )
      }
      try log.commit(files: files, state: Self.state(next), tables: JSONObject())
      row = next
      tell(row)
    }
  }

  static func row(_ state: JSONValue?) -> Int { Int(state?["row"]?.number?.int64 ?? 0) }
  static func state(_ row: Int) -> JSONValue { ["row": .number(JSONNumber(row))] }

  /// The rows of the three files.
  private static func parts(_ first: Int, _ last: Int) -> [[Int]] {
    let rows = Array(first...last)
    return [Array(rows.prefix(2)), Array(rows.dropFirst(2).prefix(1)), Array(rows.dropFirst(3))]
      .filter { !$0.isEmpty }
  }

  private static func stage(
    _ store: any ObjectStore,
    _ staged: String,
    _ path: String,
    _ rows: [Int]
  ) throws(CommitError) -> Commit.File {
    let file = try CommitLog.stage(store, staged, for: path)
    for line in rows.map(String.init) + ["end"] {
      let bytes = Array("\(line)\n".utf8)
      let result: Result<Void, CommitError> = unsafe bytes.withUnsafeBytes { bytes in
        do throws(CommitError) {
          return .success(unsafe try file.write(bytes))
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
    let sha256 = try file.close()
    return Commit.File(
      staged: staged,
      path: path,
      stream: String(path.prefix { $0 != "/" }),
      rows: rows.count,
      bytes: file.bytes,
      sha256: sha256,
      ticket: file.ticket
    )
  }

  // MARK: What readers see

  /// The rows that a glob over the tables sees, sorted; nil if one of the files is not whole.
  static func visibleRows(_ files: [String: [UInt8]]) -> [Int]? {
    var rows: [Int] = []
    for (name, bytes) in files where name.hasSuffix(".parquet") {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      guard lines.last == "end" else { return nil }
      for line in lines.dropLast() {
        guard let row = Int(line) else { return nil }
        rows.append(row)
      }
    }
    return rows.sorted()
  }

  /// Checks the whole: every row up to `end` once, and a log that tells the same files.
  func verify(_ store: any ObjectStore, end: Int) throws {
    var visible: [String: [UInt8]] = [:]
    for stream in Self.streams {
      for name in try store.list(stream) {
        let bytes: [UInt8] = try #require(try store.read("\(stream)/\(name)"))
        visible["\(stream)/\(name)"] = bytes
      }
    }
    #expect(Self.visibleRows(visible) == Array(1..<(end + 1)))
    let told = try Snapshot.allFiles(store, pipeline)
    #expect(Set(told.map(\.file.path)) == Set(visible.keys))
    for (_, file) in told { #expect(visible[file.path].map(Digest.hex) == file.sha256) }
    #expect(Self.row(try CommitLog.newest(store, pipeline)?.commit.state) == end)
  }
}
