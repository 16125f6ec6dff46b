package import JSON
internal import Storage

/// One object of the log.
package struct Commit: Sendable {
  /// What a commit does.
  package enum Kind: String, Sendable { case open, data, state }

  /// A file that a commit makes visible.
  package struct File: Hashable, Sendable {
    /// Where it was written, relative to the destination.
    package var staged: String
    /// Where it becomes visible.
    package var path: String
    package var stream: String
    package var rows: Int
    package var bytes: Int
    package var sha256: String
    /// The version of the table that the rows belong to, where the tap tells one.
    package var version: Int64?
    /// The commits that its rows come from, where they are those of files that were merged, or
    /// written anew.
    package var origin: ClosedRange<Int>?
    /// The generation that the rows belong to, where a catalog of Airbyte tells one.
    package var generation: Int64?
    /// What the storage needs to make it visible, if anything.
    package var ticket: JSONValue?

    package init(
      staged: String,
      path: String,
      stream: String,
      rows: Int,
      bytes: Int,
      sha256: String,
      version: Int64? = nil,
      origin: ClosedRange<Int>? = nil,
      generation: Int64? = nil,
      ticket: JSONValue? = nil
    ) {
      self.staged = staged
      self.path = path
      self.stream = stream
      self.rows = rows
      self.bytes = bytes
      self.sha256 = sha256
      self.version = version
      self.origin = origin
      self.generation = generation
      self.ticket = ticket
    }

    /// The file as the storage knows it.
    var name: StagedName { StagedName(staged, final: path, ticket: ticket) }

    var json: JSONValue {
      var object: JSONObject = [
        "staged": .string(staged), "path": .string(path), "stream": .string(stream),
        "rows": .number(JSONNumber(rows)), "bytes": .number(JSONNumber(bytes)),
        "sha256": .string(sha256),
      ]
      if let version { object["version"] = .number(JSONNumber(version)) }
      if let origin {
        object["origin"] = [
          .number(JSONNumber(origin.lowerBound)), .number(JSONNumber(origin.upperBound)),
        ]
      }
      if let generation { object["generation"] = .number(JSONNumber(generation)) }
      if let ticket { object["ticket"] = ticket }
      return .object(object)
    }

    init?(_ value: JSONValue) {
      guard let staged = value["staged"]?.string, let path = value["path"]?.string,
        let stream = value["stream"]?.string, let rows = value["rows"]?.number?.int64,
        let bytes = value["bytes"]?.number?.int64, let sha256 = value["sha256"]?.string
      else { return nil }
      self.init(
        staged: staged,
        path: path,
        stream: stream,
        rows: Int(rows),
        bytes: Int(bytes),
        sha256: sha256,
        version: value["version"]?.number?.int64,
        origin: Self.origin(value["origin"]),
        generation: value["generation"]?.number?.int64,
        ticket: value["ticket"]
      )
    }

    /// What `json` has as a file's origin.
    private static func origin(_ value: JSONValue?) -> ClosedRange<Int>? {
      let ends = (value?.array ?? []).compactMap { $0.number?.int64 }
      guard ends.count == 2, ends[0] <= ends[1] else { return nil }
      return Int(ends[0])...Int(ends[1])
    }
  }

  /// How far a load has come: what a stage before the target set aside is settled by it.
  package struct Position: Hashable, Sendable {
    package var run: String
    package var epoch: Int
    /// The number of the STATE that was committed last, among those that this load was sent.
    package var states: Int
    /// Whether what came after the last STATE is committed, too.
    package var isWhole: Bool

    package init(run: String, epoch: Int, states: Int, isWhole: Bool) {
      self.run = run
      self.epoch = epoch
      self.states = states
      self.isWhole = isWhole
    }

    package var json: JSONValue {
      [
        "run": .string(run), "epoch": .number(JSONNumber(epoch)),
        "states": .number(JSONNumber(states)), "whole": .bool(isWhole),
      ]
    }

    package init?(_ value: JSONValue?) {
      guard let run = value?["run"]?.string, let epoch = value?["epoch"]?.number?.int64,
        let states = value?["states"]?.number?.int64
      else { return nil }
      self.init(
        run: run,
        epoch: Int(epoch),
        states: Int(states),
        isWhole: value?["whole"]?.bool ?? false
      )
    }
  }

  package var kind: Kind
  package var sequence: Int
  package var epoch: Int
  /// The SHA-256 of the commit before; empty for the first.
  package var previous: String
  package var run: String
  package var time: String
  /// A fingerprint of the tap and of the settings that identify the data.
  package var source: String?
  /// The STATE that stands from here on; nil if there is none.
  package var state: JSONValue?
  /// How far the load had come that committed last; it stands until another one commits.
  package var position: Position?
  /// The columns of every table, by stream, as they stand from here on.
  package var tables: JSONObject
  package var files: [File]
  /// What the next data replace: by stream, or `*` for all, the sequence up to which.
  package var replacing: JSONObject
  /// Files of earlier commits that are removed before this one's become visible.
  package var removed: [String]
  /// Which folders of tables' rows take the place of others once the files are visible, as
  /// `SnapshotFolders` has it: by table's folder `{to, from, drop}`.
  package var switches = JSONObject()
  /// Rows that came and equal ones that are there, so that no file has them; by stream.
  package var skipped: [(stream: String, rows: Int)] = []
  /// Who did a `state` commit and why.
  package var reason: String?

  var json: JSONValue {
    var object = JSONObject()
    object["format"] = 1
    object["kind"] = .string(kind.rawValue)
    object["sequence"] = .number(JSONNumber(sequence))
    object["epoch"] = .number(JSONNumber(epoch))
    object["previous"] = .string(previous)
    object["run"] = .string(run)
    object["time"] = .string(time)
    if let source { object["source"] = .string(source) }
    if let state { object["state"] = state }
    if let position { object["position"] = position.json }
    object["tables"] = .object(tables)
    object["files"] = .array(files.map(\.json))
    object["counts"] = .object(counts)
    if !replacing.isEmpty { object["replacing"] = .object(replacing) }
    if !removed.isEmpty { object["removed"] = .array(removed.map { .string($0) }) }
    if !switches.isEmpty { object["switches"] = .object(switches) }
    if let reason { object["reason"] = .string(reason) }
    return .object(object)
  }

  /// What each stream gets: `{files, rows, bytes}`, with `skipped` where rows were.
  private var counts: JSONObject {
    var sums: [(stream: String, files: Int, rows: Int, bytes: Int)] = []
    // Streams differ by their exact bytes; a commit may have very many.
    var places: [[UInt8]: Int] = [:]
    func place(_ stream: String) -> Int {
      let key = Array(stream.utf8)
      if let place = places[key] { return place }
      sums.append((stream, 0, 0, 0))
      places[key] = sums.count - 1
      return sums.count - 1
    }
    for file in files {
      let index = place(file.stream)
      sums[index].files += 1
      sums[index].rows += file.rows
      sums[index].bytes += file.bytes
    }
    var left: [Int: Int] = [:]
    for (stream, rows) in skipped {
      let index = place(stream)
      if left[index] == nil { left[index] = rows }
    }
    return JSONObject(
      sums.enumerated().map { index, sum in
        var counts: JSONObject = [
          "files": .number(JSONNumber(sum.files)), "rows": .number(JSONNumber(sum.rows)),
          "bytes": .number(JSONNumber(sum.bytes)),
        ]
        if let rows = left[index] { counts["skipped"] = .number(JSONNumber(rows)) }
        return (key: sum.stream, value: .object(counts))
      }
    )
  }

  init?(_ value: JSONValue) {
    guard value["format"]?.number?.int64 == 1,
      let kind = value["kind"]?.string.flatMap(Kind.init(rawValue:)),
      let sequence = value["sequence"]?.number?.int64, let epoch = value["epoch"]?.number?.int64,
      let files = value["files"]?.array
    else { return nil }
    self.kind = kind
    self.sequence = Int(sequence)
    self.epoch = Int(epoch)
    previous = value["previous"]?.string ?? ""
    run = value["run"]?.string ?? ""
    time = value["time"]?.string ?? ""
    source = value["source"]?.string
    state = value["state"]
    position = Position(value["position"])
    tables = value["tables"]?.object ?? JSONObject()
    self.files = files.compactMap(File.init)
    guard self.files.count == files.count else { return nil }
    replacing = value["replacing"]?.object ?? JSONObject()
    removed = (value["removed"]?.array ?? []).compactMap(\.string)
    switches = value["switches"]?.object ?? JSONObject()
    skipped = (value["counts"]?.object?.members ?? []).compactMap { member in
      member.value["skipped"]?.number?.int64.map { (member.key, Int($0)) }
    }
    reason = value["reason"]?.string
  }

  init(_ kind: Kind, after last: Commit?, previous: String, epoch: Int, run: String, time: String) {
    self.kind = kind
    sequence = (last?.sequence ?? 0) + 1
    self.epoch = epoch
    self.previous = previous
    self.run = run
    self.time = time
    source = last?.source
    state = last?.state
    position = last?.position
    tables = last?.tables ?? JSONObject()
    replacing = last?.replacing ?? JSONObject()
    files = []
    removed = []
  }
}
