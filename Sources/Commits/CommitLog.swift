package import JSON
internal import Posix
package import Storage

/// The commit log of one pipeline at one destination: data and STATE become visible together.
///
/// A commit object, created without replacing, is the one point at which a commit happens; what
/// follows, making its files visible, is repeated by whoever opens the log next.
package struct CommitLog: ~Copyable {
  package let pipeline: String
  /// The number that names this writer; a later one ends it.
  package let epoch: Int
  /// The newest commit.
  package private(set) var last: Commit
  private var lastHash: String
  private let store: any ObjectStore
  private let run: String
  /// Tables that were claimed already.
  private var claimed: Set<String> = []

  /// The folder of a pipeline's log.
  package static func folder(_ pipeline: String) -> String { "_dativo/\(pipeline)" }

  /// Reads the newest commit without opening the log for writing.
  package static func newest(
    _ store: any ObjectStore,
    _ pipeline: String
  ) throws(CommitError) -> (commit: Commit, hash: String)? {
    let folder = "\(folder(pipeline))/commits"
    let names = try list(store, folder).filter { $0.hasSuffix(".json") }
    guard let name = names.last else { return nil }
    guard let bytes = try read(store, "\(folder)/\(name)"),
      let commit = (try? JSONValue.parse(bytes)).flatMap(Commit.init)
    else { throw .malformed("\(folder)/\(name)") }
    return (commit, Digest.hex(bytes))
  }

  /// Opens the log for writing: what the last commit began is finished, older writers are fenced.
  package static func open(
    _ store: any ObjectStore,
    pipeline: String,
    run: String,
    source: String?
  ) throws(CommitError) -> CommitLog {
    let newest = try Self.newest(store, pipeline)
    if let newest { try Self.complete(newest.commit, store) }
    var open = Commit(
      .open,
      after: newest?.commit,
      previous: newest?.hash ?? "",
      epoch: (newest?.commit.epoch ?? 0) + 1,
      run: run,
      time: Clock.timestamp
    )
    if let source {
      if let was = open.source, was != source, open.state != nil {
        throw .otherSource(was: was, now: source)
      }
      open.source = source
    }
    let hash = try publish(open, store, pipeline)
    // The epochs before are over: nobody can publish what they staged.
    let staging = "\(Self.folder(pipeline))/staging"
    for name in try Self.list(store, staging) where name != "\(open.epoch)" {
      try Self.storing { () throws(StoreError) in try store.remove("\(staging)/\(name)") }
    }
    Failpoint.opened.reached()
    return CommitLog(store, pipeline, run, open, hash)
  }

  private init(
    _ store: any ObjectStore,
    _ pipeline: String,
    _ run: String,
    _ open: Commit,
    _ hash: String
  ) {
    self.store = store
    self.pipeline = pipeline
    self.run = run
    epoch = open.epoch
    last = open
    lastHash = hash
  }

  /// The sequence of the next commit, which the names of its files carry.
  package var nextSequence: Int { last.sequence + 1 }

  /// Makes `stream`'s table this pipeline's, or throws `owned`.
  package mutating func claim(_ stream: String, isShared: Bool) throws(CommitError) {
    guard !claimed.contains(stream) else { return }
    let name = "_dativo/tables/\(stream).json"
    let owner: JSONValue = ["owner": .string(pipeline), "shared": .bool(isShared)]
    do throws(StoreError) {
      try store.create(name, Array(owner.encoded().utf8))
    } catch .exists {
      let bytes = try Self.read(store, name) ?? []
      guard let found = try? JSONValue.parse(bytes), let other = found["owner"]?.string else {
        throw .malformed(name)
      }
      let bothShare = isShared && found["shared"]?.bool == true
      guard other == pipeline || bothShare else { throw .owned(stream: stream, by: other) }
    } catch {
      throw .store(error)
    }
    claimed.insert(stream)
  }

  /// Begins a data file at a staged path; it stays invisible until a commit names it.
  package static func stage(
    _ store: any ObjectStore,
    _ path: String
  ) throws(CommitError) -> StagedFile {
    do throws(StoreError) {
      return StagedFile(path, try store.write(path))
    } catch {
      throw .store(error)
    }
  }

  /// Publishes a commit and makes its files visible; afterwards the STATE may be told.
  package mutating func commit(
    _ kind: Commit.Kind = .data,
    files: [Commit.File],
    state: JSONValue?,
    tables: JSONObject,
    reason: String? = nil
  ) throws(CommitError) {
    var commit = Commit(
      kind,
      after: last,
      previous: lastHash,
      epoch: epoch,
      run: run,
      time: Clock.timestamp
    )
    commit.files = files
    commit.state = state
    commit.tables = tables
    commit.reason = reason
    Failpoint.staged.reached()
    lastHash = try Self.publish(commit, store, pipeline)
    last = commit
    Failpoint.published.reached()
    try Self.complete(commit, store)
    Failpoint.visible.reached()
  }

  // MARK: Steps

  private static func publish(
    _ commit: Commit,
    _ store: any ObjectStore,
    _ pipeline: String
  ) throws(CommitError) -> String {
    let digits = String(commit.sequence)
    let number = String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    let name = "\(folder(pipeline))/commits/\(number).json"
    let bytes = Array(commit.json.encoded().utf8)
    do throws(StoreError) {
      try store.create(name, bytes)
    } catch .exists {
      // Whoever wrote these very bytes is this writer: the first attempt did succeed.
      if try read(store, name) != bytes { throw .fenced(sequence: commit.sequence) }
    } catch {
      throw .store(error)
    }
    return Digest.hex(bytes)
  }

  /// Makes the files of a published commit visible; repeating it changes nothing.
  private static func complete(
    _ commit: Commit,
    _ store: any ObjectStore
  ) throws(CommitError) {
    for file in commit.files {
      if try size(store, file.path) == file.bytes { continue }
      guard try size(store, file.staged) == file.bytes else {
        throw .missingData(sequence: commit.sequence, file: file.path)
      }
      try storing { () throws(StoreError) in try store.move(file.staged, to: file.path) }
      Failpoint.moving.reached()
    }
  }

  private static func storing<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(CommitError) -> Result {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .store(error)
    }
  }

  private static func list(
    _ store: any ObjectStore,
    _ folder: String
  ) throws(CommitError) -> [String] {
    try storing { () throws(StoreError) in try store.list(folder) }
  }

  private static func read(
    _ store: any ObjectStore,
    _ name: String
  ) throws(CommitError) -> [UInt8]? {
    try storing { () throws(StoreError) in try store.read(name) }
  }

  private static func size(_ store: any ObjectStore, _ name: String) throws(CommitError) -> Int? {
    try storing { () throws(StoreError) in try store.size(name) }
  }
}
