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
  let settings: Settings
  var log: CommitLog
  let store: any ObjectStore
  private let encoder: Worker
  var lastCommit = Clock.monotonic
  /// The STATE that waits for its commit.
  var waiting: WaitingState?
  /// How many STATEs have come, how many of them the waiting one and those committed cover, and
  /// whether the end of the input is being committed.
  var states = (seen: 0, waiting: 0, committed: 0)
  var isEnding = false
  /// The STATE that was committed last, by this run or before.
  var committed: JSONValue?
  var tableSchemas: JSONObject
  var commits = 0
  var rowsCommitted = 0
  /// Rows that were left out as repeated, of all tables.
  var rowsSkipped = 0
  var bytesCommitted = 0
  var filesCommitted = 0
  /// Who is told how the load gets on.
  var reporter = Reporter(Settings.info.name)
  private(set) var failure: Failure?
  let partitions: OpenPartitions

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

  static func open(
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
    states.waiting = states.seen
    waiting = state.waiting(after: waiting, committed: committed)
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

  /// Commits a STATE that no load has told: an empty one, or one that was edited.
  ///
  /// The rows of `replacing`, a stream or `*` for all, give way to the next load's.
  mutating func set(
    _ state: JSONValue?,
    reason: String,
    replacing: [String] = [],
    keepsRows: Bool = false
  ) throws(Failure) {
    do throws(CommitError) {
      try log.commit(
        .state,
        files: [],
        state: state,
        tables: tableSchemas,
        reason: reason,
        replacing: replacing,
        keepsRows: keepsRows
      )
    } catch {
      throw Failure(error)
    }
  }

  /// Commits the STATE as it is, for the source that the settings name.
  mutating func acceptSource(reason: String) throws(Failure) {
    try set(committed, reason: reason)
  }

  mutating func fail(_ failure: Failure) -> Failure {
    self.failure = failure
    return failure
  }

  mutating func working(_ body: (Worker) throws -> Void) throws(Failure) {
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
