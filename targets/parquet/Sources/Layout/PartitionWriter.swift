import Columns
import Commits
import Parquet
import Wire

/// Writes the files of one folder, one after another; used by the encoder thread alone, in the
/// order of the batches.
///
/// A file ends when the schema changes or it has reached a limit, which input and settings alone
/// decide (but for its age), so that the same input gives the same files.
final class PartitionWriter {
  /// Where the folder is below the table's; empty for the table's own.
  let path: String
  /// The whole files that no commit names yet.
  private(set) var finished: [Commit.File] = []
  /// The bytes of the rows that wait here for more of their folder.
  private(set) var waitingBytes = 0
  private var waiting = Batch(Schema([]))
  private var waitingPlan: TableWriter.Plan?
  private let stage: TableWriter.Stage
  private var open: OpenFile?
  private var part = 0
  private var sequence = 0
  /// The compressed bytes of a row, as the last row group had them.
  private var bytesPerRow: Double?

  init(path: String, stage: @escaping TableWriter.Stage) {
    self.path = path
    self.stage = stage
  }

  var hasOpenFile: Bool { open != nil }
  /// The bytes of the open file that its storage has in memory still.
  var heldBytes: Int { open?.file.heldBytes ?? 0 }

  /// Whether rows wait that cannot be in one file with rows of this schema and version.
  func mustWrite(before schema: Schema, _ version: Int64?) -> Bool {
    waiting.rows > 0 && (waiting.schema != schema || waitingPlan?.version != version)
  }

  /// Keeps rows of `batch` until there are more; returns how many bytes they take.
  ///
  /// What waits already must have the same `schema`, whose leaves are those of `leaves`.
  func keep(
    _ batch: borrowing Batch,
    _ rows: [UInt32],
    _ places: RowPlaces,
    _ schema: Schema,
    leaves: [Int],
    _ plan: TableWriter.Plan
  ) -> Int {
    if waiting.rows == 0 { waiting = Batch(schema, rowCapacity: rows.count) }
    waiting.append(batch, rows: rows, places, leaves: leaves)
    waitingPlan = plan
    let before = waitingBytes
    waitingBytes = waiting.byteCount
    return waitingBytes - before
  }

  /// Writes the rows that wait.
  func writeWaiting(_ shared: OpenPartitions) throws {
    guard let plan = waitingPlan, waiting.rows > 0 else { return }
    var batch = Batch(Schema([]))
    swap(&batch, &waiting)
    waitingBytes = 0
    try write(batch, plan, shared)
  }

  /// Appends rows as row groups, of more than one file where that keeps files to their size.
  func write(
    _ batch: consuming Batch,
    _ plan: TableWriter.Plan,
    _ shared: OpenPartitions
  ) throws {
    if let open, open.schema != batch.schema || open.plan.version != plan.version || open.isOld {
      try closeFile()
    }
    var rest = plan.layout.sorted(batch)
    while rest.rows > 0 {
      let file = try open ?? begin(rest.schema, plan, shared)
      open = file
      let rows = rowsThatFit(rest, file)
      guard rows > 0 else {
        try closeFile()
        continue
      }
      let next = rest.split(atRow: rows)
      let before = file.file.bytes
      try file.write(rest)
      bytesPerRow = Double(file.file.bytes - before) / Double(rows)
      rest = next
    }
    try shared.wrote(self)
  }

  /// How many of the rows the file has room for; none where it is as good as full.
  private func rowsThatFit(_ batch: borrowing Batch, _ file: OpenFile) -> Int {
    let layout = file.plan.layout
    let written = file.rows
    var rows = batch.rows
    if let limit = layout.maxRows { rows = min(rows, limit - written) }
    let room = layout.fileSize - file.expectedSize
    guard rows > 0, written == 0 || room >= layout.fileSize / 20 else { return 0 }
    // Before the first row group: no more than fits if nothing is gained by encoding.
    let perRow = bytesPerRow ?? Double(batch.byteCount) / Double(batch.rows)
    let fitting = Double(room) / max(perRow, 0.001)
    return fitting < Double(rows) ? max(Int(fitting), 1) : rows
  }

  /// Copies a file, which stands beside the open one, byte for byte.
  func copy(_ source: ParquetFile, rows: Int, _ plan: TableWriter.Plan) throws {
    let (path, file) = try stageNext(plan)
    try source.copy(to: file)
    let sha256 = try file.close()
    finished.append(
      Commit.File(
        staged: file.path,
        path: path,
        stream: plan.stream,
        rows: rows,
        bytes: file.bytes,
        sha256: sha256,
        version: plan.version,
        generation: plan.generation,
        ticket: file.ticket
      )
    )
  }

  private func begin(
    _ schema: Schema,
    _ plan: TableWriter.Plan,
    _ shared: OpenPartitions
  ) throws -> OpenFile {
    let (path, file) = try stageNext(plan)
    return try OpenFile(plan, path, schema, file, shared.encoder(plan.options))
  }

  /// Begins the next file of the folder; `path` is where it becomes visible.
  private func stageNext(_ plan: TableWriter.Plan) throws -> (path: String, file: StagedFile) {
    if plan.sequence != sequence {
      sequence = plan.sequence
      part = 0
    }
    part += 1
    let name = LogFolder(plan.pipeline).dataFile(sequence, part: part)
    let folder = path.isEmpty ? plan.folder : "\(plan.folder)/\(path)"
    // Staged names do not end in .parquet: a careless glob must not find them. Those of deep
    // folders would be longer than a file system takes.
    let isPlain = path.isEmpty && folder.utf8.count <= 80
    let unique = isPlain ? folder : Digest.hex(Array(folder.utf8))
    let final = "\(folder)/\(name)"
    return (final, try stage("\(plan.staging)/\(unique).\(name).staged", final))
  }

  /// Ends the open file, if there is one.
  func closeFile() throws {
    guard let file = open else { return }
    open = nil
    finished.append(try file.finish())
  }
}
