import Columns
import Commits
import ConnectorKit
import JSON
import Parquet
import Posix
import Storage
import Wire

/// Encodes row groups on a thread of their own, commits, and tells the committed STATE.
///
/// After a failure nothing more is written or committed: rows may be missing from then on.
struct Committer: ~Copyable {
  private let settings: Settings
  private var log: CommitLog
  private let store: any ObjectStore
  private let encoder: Worker
  private var lastCommit = Clock.monotonic
  /// The STATE that waits for its commit.
  private(set) var waiting: WaitingState?
  /// The STATE that was committed last, by this run or before.
  private var committed: JSONValue?
  private var tableSchemas: JSONObject
  private(set) var commits = 0
  private(set) var rowsCommitted = 0
  /// Rows that were left out as repeated, of all tables.
  private(set) var rowsSkipped = 0
  private var bytesCommitted = 0
  private var filesCommitted = 0
  /// Who is told how the load gets on.
  var reporter = Reporter(Settings.info.name)
  private var failure: Failure?
  private let partitions: OpenPartitions

  init(_ settings: Settings, acceptsSource: Bool = false) throws(Failure) {
    let store = try settings.store()
    let log = try Self.open(store, settings, acceptsSource)
    committed = log.last?.state
    tableSchemas = log.last?.tables ?? JSONObject()
    self.settings = settings
    self.store = store
    self.log = log
    encoder = Worker(capacity: settings.batchBudget)
    partitions = OpenPartitions(budget: settings.batchBudget, files: store.stagedLimit)
  }

  // The encoder may still be at work when something else has failed.
  deinit { encoder.end() }

  private static func open(
    _ store: any ObjectStore,
    _ settings: Settings,
    _ acceptsSource: Bool
  ) throws(Failure) -> CommitLog {
    if let problem = Failpoint.problem { throw Failure(.usage, problem) }
    let isFree: Bool
    do throws(StoreError) {
      isFree = try store.lock(LogFolder(settings.pipeline).lock)
    } catch {
      throw Failure(error)
    }
    guard isFree else { throw Failure(CommitError.locked(pipeline: settings.pipeline)) }
    do throws(CommitError) {
      return try CommitLog.open(
        store,
        pipeline: settings.pipeline,
        run: settings.run,
        source: settings.source,
        acceptsSource: acceptsSource
      )
    } catch {
      throw Failure(error)
    }
  }

  var hasWaiting: Bool { waiting != nil }
  var nanosecondsSinceCommit: UInt64 { Clock.monotonic - lastCommit }

  /// Takes a STATE that covers every row before it.
  mutating func wait(for state: IncomingState) {
    waiting = state.waiting(after: waiting, committed: committed)
  }

  /// A table for `stream`, which must not be another pipeline's, with the columns that it has.
  func table(_ stream: String) throws(Failure) -> Table {
    let folder = StreamFolder.name(for: stream) { Digest.hex($0) } ?? ""
    do throws(CommitError) {
      try log.checkOwner(folder, isShared: settings.isShared)
    } catch {
      throw Failure(error)
    }
    let stays = settings.settings(of: stream)
    let former = stays.loading.overwrites || isReplaced(stream) ? nil : tableSchemas[stream]
    try checkPartitioning(stays.layout.partitioning, former)
    let snapshot = Generations.current(tableSchemas[stream])
    guard stays.loading.hasSnapshots || snapshot == nil else {
      throw Failure(
        .configuration,
        "the table of stream \(stream) has \"snapshots\", which the settings leave out",
        hint: "Set \"snapshots\": true, or take another destination and load the table anew."
      )
    }
    let store = store
    let root = snapshot.map { "\(folder)/\($0)" } ?? folder
    let repeats = try repeatFilter(stream, root, stays.loading)
    let writer = TableWriter(partitions, repeats: repeats) { (path, final) throws(CommitError) in
      try CommitLog.stage(store, path, for: final)
    }
    let table = Table(
      stream: stream,
      folder: folder,
      schema: former.flatMap(TableSchema.parse) ?? Schema([]),
      writer: writer,
      partitioning: stays.layout.partitioning,
      loading: stays.loading,
      numbers: ColumnNumbers(tableSchemas[stream])
    )
    let last = Generation(tableSchemas[stream])
    table.generation = settings.catalog.streams[Array(stream.utf8)]?.generation ?? last
    if let last, let now = table.generation, now.id < last.id {
      throw Failure(
        .configuration,
        "stream \(stream): generation \(last.id) has been loaded, and the catalog says \(now.id)",
        hint: "Does the catalog belong to another connection, or to an earlier sync?"
      )
    }
    if stays.loading.addsMetadata { table.recordMetadata = RecordMetadata(run: settings.run) }
    return table
  }

  /// What finds the rows of a stream that are repeated, if that is asked for.
  private func repeatFilter(
    _ stream: String,
    _ folder: String,
    _ loading: Loading
  ) throws(Failure) -> RepeatFilter? {
    guard let window = loading.repeatWindow else { return nil }
    var files: [Snapshot.Entry] = []
    if !loading.overwrites, !isReplaced(stream) {
      do throws(CommitError) {
        files = try Snapshot.allFiles(store, settings.pipeline)
      } catch {
        throw Failure(error)
      }
      files.removeAll { !$0.file.stream.hasSameBytes(as: stream) }
    }
    return RepeatFilter(window: window, folder: folder, former: FormerRows(store, files))
  }

  /// Whether the rows that a stream has give way to the next ones.
  private func isReplaced(_ stream: String) -> Bool {
    let replacing = log.last?.replacing ?? JSONObject()
    return replacing["*"] != nil || replacing[stream] != nil
  }

  /// A table whose folders are not all alike is one that readers refuse.
  private func checkPartitioning(
    _ now: Partitioning?,
    _ former: JSONValue?
  ) throws(Failure) {
    guard let former = former?["partition_by"]?.array?.compactMap(\.string),
      former != now?.texts ?? []
    else { return }
    throw Failure(
      .configuration,
      "the table has been divided by \(former.isEmpty ? "nothing" : former.joined(separator: ", "))"
        + ", now \"partition_by\" says otherwise",
      hint: "Go on as it was, or take another destination and load the table anew."
    )
  }

  /// Hands rows over to be encoded; waits while the encoder is busy with the ones before.
  mutating func write(_ table: Table, _ batch: consuming Batch) throws(Failure) {
    // A table without columns has no file that a reader would take.
    guard batch.rows > 0, !table.schema.fields.isEmpty else { return }
    let plan = try plan(table)
    table.rowsWritten += batch.rows
    let bytes = batch.byteCount
    let box = Box(batch)
    let writer = table.writer
    try working { (encoder) in
      try encoder.submit(cost: bytes) { try writer.write(box.take(), plan) }
    }
  }

  /// Hands a whole file over, to be copied into one of the table's.
  mutating func copy(_ table: Table, _ file: ParquetFile, rows: Int) throws(Failure) {
    let plan = try plan(table)
    table.rowsWritten += rows
    let writer = table.writer
    try working { (encoder) in
      try encoder.submit(cost: 0) { try writer.copy(file, rows: rows, plan) }
    }
  }

  /// What the table's next file needs to know; the table is this pipeline's then.
  private mutating func plan(_ table: Table) throws(Failure) -> TableWriter.Plan {
    if let failure { throw failure }
    do throws(CommitError) {
      try log.begin()
      try log.claim(table.folder, isShared: settings.isShared, adopts: settings.adopts)
    } catch {
      throw fail(Failure(error))
    }
    let files = settings.settings(of: table.stream)
    return TableWriter.Plan(
      stream: table.stream,
      folder: table.folder,
      staging: log.staging,
      pipeline: settings.pipeline,
      options: files.options,
      layout: files.layout,
      flattening: files.loading.flattening,
      keys: table.keys,
      metadata: table.metadata,
      version: table.version,
      generation: table.generation?.id,
      sequence: log.nextSequence
    )
  }

  /// Waits until the encoder may be given `bytes` of rows.
  mutating func makeRoom(for bytes: Int) throws(Failure) {
    try working { (encoder) in try encoder.makeRoom(for: bytes) }
  }

  /// Waits until the encoder has taken all rows.
  mutating func drain() throws(Failure) { try working { (encoder) in try encoder.drain() } }

  /// Commits every file that is open or whole, with the waiting STATE.
  mutating func commit(_ tables: [Table]) throws(Failure) {
    if let failure { throw failure }
    let writers = tables.map(\.writer)
    let partitions = partitions
    try working { (encoder) in
      try encoder.submit(cost: 0) {
        for writer in writers { try writer.close() }
        partitions.clear()
      }
      try encoder.drain()
    }
    let skipped = takeSkipped(tables)
    var removals = Self.removals(tables)
    let loaded = writers.flatMap { $0.takeFinished() }.filter { file in
      !removals.contains { $0.stream == file.stream && $0.1.takesStaged(file) }
    }
    let deletion = try softDeletion(tables, loaded)
    let files = deletion.files(loaded)
    removals += deletion.removals
    let state = waiting.map(\.value) ?? committed
    lastCommit = Clock.monotonic
    guard !files.isEmpty || state != committed || !removals.isEmpty else {
      for table in tables { table.activeVersion = nil }
      try echo()
      return
    }
    for table in tables
    where table.rowsWritten > 0 || table.awaitsReplacement || table.firstGeneration != nil
      || deletion.changes(table.stream)
    {
      tableSchemas[table.stream] = TableSchema.json(table)
    }
    do throws(CommitError) {
      try log.commit(
        files: files,
        state: state,
        tables: tableSchemas,
        removing: removals,
        skipped: skipped,
        snapshots: tables.filter { $0.loading.hasSnapshots && tableSchemas[$0.stream] != nil }
          .map { ($0.stream, $0.folder) }
      )
      tableSchemas = log.last?.tables ?? tableSchemas
    } catch {
      throw fail(Failure(error))
    }
    for table in tables {
      if !deletion.deferred.contains(Array(table.stream.utf8)) { table.activeVersion = nil }
      table.firstGeneration = nil
      table.awaitsReplacement = false
    }
    commits += 1
    rowsCommitted += loaded.reduce(0) { $0 + $1.rows }
    bytesCommitted += loaded.reduce(0) { $0 + $1.bytes }
    filesCommitted += loaded.count
    reporter.commit(
      sequence: log.nextSequence - 1,
      rows: rowsCommitted,
      bytes: bytesCommitted,
      files: filesCommitted
    )
    committed = state
    try echo()
    Failpoint.echoed.reached()
    // What could not be read before it was committed is marked by a commit of its own.
    if !deletion.deferred.isEmpty { try commit(tables) }
  }

  /// Writes the rows of versions before an active one anew, marked as deleted.
  private mutating func softDeletion(
    _ tables: [Table],
    _ loaded: [Commit.File]
  ) throws(Failure) -> SoftDeletion {
    var deletion = SoftDeletion(store)
    let active = tables.filter { $0.activeVersion != nil && !$0.loading.deletesOtherVersions }
    guard !active.isEmpty else { return deletion }
    do {
      let replacing = log.last?.replacing ?? JSONObject()
      // Rows that give way to this commit's are not brought back.
      let visible = try Snapshot.allFiles(store, settings.pipeline).filter { sequence, file in
        [replacing["*"], replacing[file.stream]].allSatisfy { end in
          end?.number?.int64.map { sequence > $0 } ?? true
        }
      }
      for table in active {
        guard let version = table.activeVersion else { continue }
        try deletion.find(table, before: version, visible: visible, staged: loaded)
      }
      guard !deletion.isEmpty else { return deletion }
      try log.begin()
      try deletion.write(
        log.folder,
        staging: log.staging,
        sequence: log.nextSequence,
        part: loaded.count + 1
      )
    } catch let error as CommitError {
      throw fail(Failure(error))
    } catch let error as Failure {
      throw fail(error)
    } catch {
      throw fail(Failure(.bug, "marking deleted rows: \(error)"))
    }
    return deletion
  }

  /// How many rows were left out since the last commit, by stream.
  private mutating func takeSkipped(_ tables: [Table]) -> [(stream: String, rows: Int)] {
    tables.compactMap { table in
      guard let rows = table.writer.repeats?.takeSkipped(), rows > 0 else { return nil }
      table.rowsSkipped += rows
      rowsSkipped += rows
      return (table.stream, rows)
    }
  }

  /// Which rows go with the next commit.
  private static func removals(_ tables: [Table]) -> [(stream: String, Removal)] {
    tables.flatMap { table -> [(stream: String, Removal)] in
      if table.awaitsReplacement { return [(table.stream, .all)] }
      let version = table.loading.deletesOtherVersions ? table.activeVersion : nil
      let removals = [
        version.map { Removal.otherVersions($0) },
        table.firstGeneration.map { Removal.generations(before: $0) },
      ]
      return removals.compactMap { $0 }.map { (table.stream, $0) }
    }
  }

  /// Tells the STATE that has just been committed.
  private mutating func echo() throws(Failure) {
    guard let state = waiting else { return }
    waiting = nil
    do throws(PosixError) {
      var output = BlockWriter(1)
      for line in state.echo { try output.write(line + [0x0A]) }
      try output.flush()
    } catch {
      throw Failure(error)
    }
  }

  /// Commits a STATE that no load has told: an empty one, or one that was edited.
  ///
  /// The rows of `replacing`, a stream or `*` for all, give way to the next load's.
  mutating func set(
    _ state: JSONValue?,
    reason: String,
    replacing: String? = nil
  ) throws(Failure) {
    do throws(CommitError) {
      try log.commit(
        .state,
        files: [],
        state: state,
        tables: tableSchemas,
        reason: reason,
        replacing: replacing
      )
    } catch {
      throw Failure(error)
    }
  }

  /// Commits the STATE as it is, for the source that the settings name.
  mutating func acceptSource(reason: String) throws(Failure) {
    try set(committed, reason: reason)
  }

  private mutating func fail(_ failure: Failure) -> Failure {
    self.failure = failure
    return failure
  }

  private mutating func working(_ body: (Worker) throws -> Void) throws(Failure) {
    do {
      try body(encoder)
    } catch let error as CommitError {
      throw fail(Failure(error))
    } catch let error as Failure {
      throw fail(error)
    } catch {
      throw fail(Failure(.bug, "writing Parquet: \(error)"))
    }
  }
}

/// Carries a batch to the encoder thread, which takes it once.
private final class Box: @unchecked Sendable {
  private var batch: Batch

  init(_ batch: consuming Batch) { self.batch = batch }

  func take() -> Batch {
    var taken = Batch(Schema([]))
    swap(&taken, &batch)
    return taken
  }
}
