import Columns
import Commits
import ConnectorKit
import JSON
import Parquet
import Posix
import Storage
import Wire

/// Encodes row groups on a thread of their own, commits, and tells the committed STATE.
struct Committer: ~Copyable {
  private let settings: Settings
  private var log: CommitLog
  private let store: LocalStore
  private let encoder = Worker()
  private var lastCommit = Clock.monotonic
  /// The STATE that waits for its commit.
  private(set) var waiting: WaitingState?
  /// The value of the STATE that was committed last, by this run or before.
  private var committed: JSONValue?
  private var tableSchemas: JSONObject
  private(set) var commits = 0
  /// Bytes of row groups handed to the encoder.
  private(set) var rowsCommitted = 0

  init(_ settings: Settings) throws(Failure) {
    self.settings = settings
    store = LocalStore(root: settings.destination)
    let lock = "\(CommitLog.folder(settings.pipeline))/lock"
    let isFree: Bool
    do throws(StoreError) {
      isFree = try store.lock(lock)
    } catch {
      throw Failure(error)
    }
    guard isFree else { throw Failure(CommitError.locked(pipeline: settings.pipeline)) }
    do throws(CommitError) {
      log = try CommitLog.open(
        store,
        pipeline: settings.pipeline,
        run: settings.run,
        source: settings.source
      )
    } catch {
      throw Failure(error)
    }
    committed = log.last.state
    tableSchemas = log.last.tables
  }

  var hasWaiting: Bool { waiting != nil }
  var nanosecondsSinceCommit: UInt64 { Clock.monotonic - lastCommit }

  mutating func wait(for state: WaitingState) { waiting = state }

  /// A table for `stream`, owned by this pipeline from now on, with the columns that it has.
  mutating func claim(_ stream: String) throws(Failure) -> Table {
    let folder = StreamFolder.name(for: stream) { Digest.hex($0) } ?? ""
    do throws(CommitError) {
      try log.claim(folder, isShared: settings.isShared)
    } catch {
      throw Failure(error)
    }
    let schema = tableSchemas[stream].flatMap(TableSchema.parse) ?? Schema([])
    let store = store
    let staging = "\(CommitLog.folder(settings.pipeline))/staging/\(log.epoch)"
    let writer = TableWriter { (name) throws(CommitError) in
      try CommitLog.stage(store, "\(staging)/\(name)")
    }
    return Table(stream: stream, folder: folder, schema: schema, writer: writer)
  }

  /// Hands rows over to be encoded; waits while the encoder is busy with the ones before.
  func write(_ table: Table, _ batch: consuming Batch) throws(Failure) {
    guard batch.rows > 0 else { return }
    table.rowsWritten += batch.rows
    var options = WriterOptions(codec: settings.codec, level: settings.level)
    options.pageSize = 1 << 20
    let plan = TableWriter.Plan(
      stream: table.stream,
      folder: table.folder,
      pipeline: settings.pipeline,
      options: options,
      fileSize: settings.fileSize,
      metadata: table.metadata,
      sequence: log.nextSequence
    )
    let box = Box(batch)
    let writer = table.writer
    try working { try encoder.submit { try writer.write(box.take(), plan) } }
  }

  /// Commits every file that is open or whole, with the waiting STATE.
  mutating func commit(_ tables: [Table]) throws(Failure) {
    let writers = tables.map(\.writer)
    try working {
      try encoder.submit { for writer in writers { try writer.close() } }
      try encoder.drain()
    }
    let files = writers.flatMap { $0.takeFinished() }
    let state = waiting?.value ?? committed
    guard !files.isEmpty || state != committed else {
      try echo()
      return
    }
    for table in tables where table.rowsWritten > 0 {
      tableSchemas[table.stream] = TableSchema.json(table.schema)
    }
    do throws(CommitError) {
      try log.commit(files: files, state: state, tables: tableSchemas)
    } catch {
      throw Failure(error)
    }
    commits += 1
    rowsCommitted += files.reduce(0) { $0 + $1.rows }
    committed = state
    try echo()
    Failpoint.echoed.reached()
    lastCommit = Clock.monotonic
  }

  /// Tells the STATE that has just been committed.
  private mutating func echo() throws(Failure) {
    guard let state = waiting else { return }
    waiting = nil
    let line = state.echo + [0x0A]
    do throws(PosixError) {
      var output = BlockWriter(1)
      try output.write(line)
      try output.flush()
    } catch {
      throw Failure(error)
    }
  }

  /// Commits an empty STATE: the next run begins anew.
  mutating func reset(reason: String) throws(Failure) {
    do throws(CommitError) {
      try log.commit(.state, files: [], state: nil, tables: tableSchemas, reason: reason)
    } catch {
      throw Failure(error)
    }
  }

  private func working(_ body: () throws -> Void) throws(Failure) {
    do {
      try body()
    } catch let error as CommitError {
      throw Failure(error)
    } catch {
      throw Failure(.bug, "writing Parquet: \(error)")
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
