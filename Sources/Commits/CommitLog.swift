package import JSON
internal import Posix
package import Storage

/// The commit log of one pipeline at one destination: data and STATE become visible together.
///
/// A commit object, created without replacing, is the one point at which a commit happens. What
/// follows, making its files visible, is repeated by whoever opens the log next. Only the newest
/// commit can be unfinished: nobody publishes a commit before the one that it follows is complete,
/// neither its writer (`commit` ends with that) nor another (`open` begins with it).
package struct CommitLog: ~Copyable {
  /// A commit with the SHA-256 of its object.
  package typealias Entry = (commit: Commit, hash: String)

  package let folder: LogFolder
  /// The newest commit; nil in a log that has none.
  package private(set) var last: Commit?
  /// Whether this writer has published anything.
  private(set) var hasBegun = false
  private var lastHash: String
  private var lastSnapshot = 0
  /// After how many commits they are folded.
  private var foldInterval = 100
  private let store: any ObjectStore
  private let run: String
  private let source: String?
  /// Tables that were claimed already.
  private var claimed: Set<String> = []
  /// What went wrong: nothing more is written then.
  private var failure: CommitError?

  /// Reads the newest commit without opening the log for writing.
  package static func newest(
    _ store: any ObjectStore,
    _ pipeline: String
  ) throws(CommitError) -> Entry? {
    try Reading(store, LogFolder(pipeline)).newest()
  }

  /// The commits after some sequence, in order.
  package static func commits(
    _ store: any ObjectStore,
    _ pipeline: String,
    after sequence: Int
  ) throws(CommitError) -> [Commit] {
    let reading = Reading(store, LogFolder(pipeline))
    var commits: [Commit] = []
    while let entry = try reading.commit(sequence + commits.count + 1) {
      commits.append(entry.commit)
    }
    return commits
  }

  /// Opens the log: what the last commit began is finished, and nothing else is written yet.
  ///
  /// `source`, if given, must be that of the STATE that stands, unless `acceptsSource`.
  package static func open(
    _ store: any ObjectStore,
    pipeline: String,
    run: String,
    source: String?,
    acceptsSource: Bool = false,
    foldsEvery interval: Int = 100
  ) throws(CommitError) -> CommitLog {
    let folder = LogFolder(pipeline)
    let reading = Reading(store, folder)
    let newest = try reading.newest()
    if let newest {
      if let source, let was = newest.commit.source, was != source, newest.commit.state != nil,
        !acceptsSource
      {
        throw .otherSource(was: was, now: source)
      }
      // A writer that was killed may not have made sure that its commit stays.
      try CommitError.storing { () throws(StoreError) in try store.settle([folder.commits]) }
      try Completion.complete(newest.commit, store)
    }
    var log = CommitLog(store, folder, run, source, newest)
    log.lastSnapshot = try reading.lastSnapshot()
    log.foldInterval = interval
    return log
  }

  private init(
    _ store: any ObjectStore,
    _ folder: LogFolder,
    _ run: String,
    _ source: String?,
    _ newest: Entry?
  ) {
    self.store = store
    self.folder = folder
    // Two writers' objects must never be equal: after a lost answer the bytes tell whose it is.
    self.run = run.isEmpty ? String(UInt64.random(in: 0 ... .max), radix: 16) : run
    self.source = source
    last = newest?.commit
    lastHash = newest?.hash ?? ""
  }

  /// The number that names this writer, from `begin` on; a later one ends it.
  package var epoch: Int { last?.epoch ?? 0 }
  /// The sequence of the next commit, which the names of its files carry.
  package var nextSequence: Int { (last?.sequence ?? 0) + 1 }
  /// Where this writer's data files wait for their commit.
  package var staging: String { folder.staging(epoch) }

  /// Publishes this writer's epoch, which ends all earlier ones; needed before a file is staged.
  ///
  /// Throws `fenced` if another has written since `open`: the STATE that was read is no longer
  /// the one that stands.
  package mutating func begin() throws(CommitError) {
    guard !hasBegun else { return }
    if let failure { throw failure }
    try publish(next(.open, epoch: epoch + 1))
    hasBegun = true
    Failpoint.opened.reached()
    // The epochs before are over: nobody can publish what they staged. Later ones are not ours.
    let left = folder.staging
    let epoch = epoch
    try CommitError.storing { () throws(StoreError) in
      for name in try store.list(left) {
        let isOver = Int(name).map { $0 < epoch } ?? ("\(left)/\(name)" == folder.drafts)
        if isOver { try store.remove("\(left)/\(name)") }
      }
    }
    Failpoint.cleaned.reached()
    fold()
  }

  /// Throws `owned` if `stream`'s table is another pipeline's.
  package func checkOwner(_ stream: String, isShared: Bool) throws(CommitError) {
    try TableOwner.check(store, stream, pipeline: folder.pipeline, isShared: isShared)
  }

  /// Makes `stream`'s table this pipeline's, or throws `owned`; needed before a file is staged.
  ///
  /// Throws `foreign` where other tools have written into its folder, unless it `adopts` their files.
  package mutating func claim(
    _ stream: String,
    isShared: Bool,
    adopts: Bool = true
  ) throws(CommitError) {
    guard !claimed.contains(stream) else { return }
    try TableOwner.claim(
      store,
      stream,
      pipeline: folder.pipeline,
      isShared: isShared,
      adopts: adopts
    )
    claimed.insert(stream)
  }

  /// Begins a data file at a staged path; it stays invisible until a commit names it.
  package static func stage(
    _ store: any ObjectStore,
    _ path: String,
    for final: String
  ) throws(CommitError) -> StagedFile {
    do throws(StoreError) {
      return StagedFile(path, try store.stage(path, for: final))
    } catch {
      throw .store(error)
    }
  }

  /// Publishes a commit and makes its files visible; afterwards the STATE may be told.
  ///
  /// `progress` says how many STATEs of this load it covers, and whether all that came after them.
  /// `removing` says which earlier rows of a stream go with this commit, `skipped` how many rows of
  /// one came and were left out, `snapshots` which tables shall be of the kind that `SnapshotFolders` has,
  /// and where they lie.
  /// With `replacing`, a stream or `*` for all, the rows that are there stay visible until a data
  /// commit brings rows of their stream, or the end of a load that `begins` it: so rows give way to
  /// those that replace them, and a stream that no load has reached keeps what it has.
  /// With `keepsRows` nothing that was to give way does so any more.
  ///
  /// After a failure nothing more is written: what was published stays for the next writer to
  /// finish, what was not is as if it had never been.
  package mutating func commit(
    _ kind: Commit.Kind = .data,
    files: [Commit.File],
    state: JSONValue?,
    tables: JSONObject,
    progress: (states: Int, isWhole: Bool)? = nil,
    reason: String? = nil,
    replacing: [String] = [],
    keepsRows: Bool = false,
    begins: Set<String>? = nil,
    removing: [(stream: String, Removal)] = [],
    skipped: [(stream: String, rows: Int)] = [],
    snapshots: [(stream: String, folder: String)] = []
  ) throws(CommitError) {
    if let failure { throw failure }
    do throws(CommitError) {
      try begin()
      var commit = next(kind, epoch: epoch)
      commit.files = files
      commit.skipped = skipped
      commit.state = state
      commit.tables = tables
      if let progress {
        commit.position = Commit.Position(
          run: run,
          epoch: epoch,
          states: progress.states,
          isWhole: progress.isWhole
        )
      }
      commit.reason = reason
      if keepsRows { commit.replacing = JSONObject() }
      for stream in replacing { commit.replacing[stream] = .number(JSONNumber(commit.sequence)) }
      if kind == .data, !commit.replacing.isEmpty || !removing.isEmpty {
        let replacement = Replacement(
          pending: commit.replacing,
          begins: begins.map { $0.union(files.map(\.stream)) },
          isLast: progress?.isWhole ?? true
        )
        if !removing.isEmpty || replacement.touches {
          let visible = try Snapshot.allFiles(store, folder.pipeline)
          commit.removed = replacement.removed(from: visible, or: removing)
          commit.replacing = replacement.left(of: visible)
        }
      }
      try SnapshotFolders.arrange(&commit, after: last, store, folder, new: snapshots)
      try prepare(commit.files)
      Failpoint.staged.reached()
      try publish(commit)
      Failpoint.published.reached()
      try Completion.complete(commit, store)
      Failpoint.visible.reached()
    } catch {
      failure = error
      throw error
    }
    fold()
  }

  // MARK: Steps

  private func next(_ kind: Commit.Kind, epoch: Int) -> Commit {
    var commit = Commit(
      kind,
      after: last,
      previous: lastHash,
      epoch: epoch,
      run: run,
      time: Clock.timestamp
    )
    if let source { commit.source = source }
    return commit
  }

  /// Makes sure that the staged files stay, and that their places are free.
  private func prepare(_ files: [Commit.File]) throws(CommitError) {
    guard !files.isEmpty else { return }
    for file in files where try Completion.size(store, file.path) != nil {
      throw .occupied(file: file.path)
    }
    let folders = Completion.folders(files.map(\.staged))
    try CommitError.storing { () throws(StoreError) in try store.settle(folders) }
  }

  private mutating func publish(_ commit: Commit) throws(CommitError) {
    let name = folder.commit(commit.sequence)
    let bytes = Array(commit.json.encoded().utf8)
    do throws(StoreError) {
      try store.create(name, bytes)
    } catch .exists {
      throw .fenced(sequence: commit.sequence)
    } catch {
      try decide(commit.sequence, name, bytes, error)
    }
    last = commit
    lastHash = Digest.hex(bytes)
  }

  /// Whether a publication that failed has happened all the same.
  private func decide(
    _ sequence: Int,
    _ name: String,
    _ bytes: [UInt8],
    _ error: StoreError
  ) throws(CommitError) {
    let found: [UInt8]?
    do throws(StoreError) {
      found = try store.read(name)
      // It is there, but a power cut may take it away again: only if that is settled it counts.
      if found == bytes { return try store.settle([folder.commits]) }
    } catch {
      throw .undecided(sequence: sequence, error)
    }
    throw found == nil ? .store(error) : .fenced(sequence: sequence)
  }

  /// Folds the commits since the last snapshot when they are many; an attempt that fails is made
  /// again after the next commit, for a snapshot only spares reading.
  private mutating func fold() {
    guard let last, last.sequence - lastSnapshot >= foldInterval else { return }
    guard (try? Snapshot.write(store, folder, upTo: last.sequence, after: lastSnapshot)) != nil
    else { return }
    lastSnapshot = last.sequence
    Failpoint.folded.reached()
  }
}
