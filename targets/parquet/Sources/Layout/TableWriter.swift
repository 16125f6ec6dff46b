import Columns
import Commits
import Parquet
import Wire

/// Writes one table's rows into the files of its folders; used by the encoder thread alone, in
/// the order of the batches.
final class TableWriter: @unchecked Sendable {
  /// What a new file needs to know.
  struct Plan: Sendable {
    let stream: String
    let folder: String
    /// Where files wait for their commit.
    let staging: String
    let pipeline: String
    let options: WriterOptions
    let layout: Layout
    let flattening: Flattening?
    /// The columns that make a key.
    let keys: [String]
    let metadata: [(String, String)]
    /// That of the rows, which all rows of a file share.
    let version: Int64?
    /// That of the table, while it is loaded.
    let generation: Int64?
    let sequence: Int
  }

  /// Begins a staged file at the given path, to be seen at another.
  typealias Stage = @Sendable (String, String) throws(CommitError) -> StagedFile

  private let stage: Stage
  private let shared: OpenPartitions
  /// What takes repeated rows out; nil where all are written.
  let repeats: RepeatFilter?
  /// By the bytes of their paths: equal strings may be two folders.
  private var partitions: [[UInt8]: PartitionWriter] = [:]

  /// More folders than this between two commits are hardly meant.
  private static let folderLimit = 10_000

  init(_ shared: OpenPartitions, repeats: RepeatFilter?, stage: @escaping Stage) {
    self.shared = shared
    self.repeats = repeats
    self.stage = stage
  }

  /// Takes rows; those of a divided table may wait for more of their folder.
  func write(_ batch: consuming Batch, _ plan: Plan) throws {
    var batch = batch
    if let flattening = plan.flattening { batch.flatten(flattening) }
    guard let partitioning = plan.layout.partitioning else {
      if let isFresh = try fresh(batch, plan, batch.schema, nil) {
        batch = batch.picked((0..<UInt32(batch.rows)).filter { isFresh[Int($0)] })
        if batch.rows == 0 { return }
      }
      return try partition("", plan).write(batch, plan, shared)
    }
    let schema = partitioning.fileSchema(batch.schema)
    let names = Set(schema.fields.map { Array($0.name.utf8) })
    let leaves = batch.schema.leaves.enumerated().filter { leaf in
      names.contains(Array(leaf.element.path[0].utf8))
    }.map(\.offset)
    let places = RowPlaces(batch)
    var divided = PartitionRows(batch, partitioning)
    if let isFresh = try fresh(batch, plan, schema, divided) { divided.keep(isFresh) }
    for folder in divided.folders {
      let partition = try partition(folder.path, plan)
      if partition.mustWrite(before: schema, plan.version) { try shared.write(partition) }
      let bytes = partition.keep(batch, folder.rows, places, schema, leaves: leaves, plan)
      try shared.waits(partition, bytes: bytes)
    }
  }

  private func fresh(
    _ batch: borrowing Batch,
    _ plan: Plan,
    _ columns: Schema,
    _ folders: PartitionRows?
  ) throws(Failure) -> [Bool]? {
    try repeats?.fresh(
      batch,
      keys: plan.keys,
      version: plan.version,
      columns: columns,
      folders: folders
    )
  }

  /// Takes a whole file as one of an undivided table's.
  func copy(_ file: ParquetFile, rows: Int, _ plan: Plan) throws {
    try partition("", plan).copy(file, rows: rows, plan)
  }

  private func partition(_ path: String, _ plan: Plan) throws(Failure) -> PartitionWriter {
    let key = Array(path.utf8)
    if let known = partitions[key] { return known }
    guard partitions.count < Self.folderLimit else {
      throw Failure(
        .configuration,
        "stream \(plan.stream): \"partition_by\" makes more than \(Self.folderLimit) folders",
        hint: "Divide by a column with fewer values, or by a part of a time: month(column)."
      )
    }
    if let name = path.split(separator: "/").first(where: { $0.utf8.count > 255 }) {
      throw Failure(
        .data,
        "stream \(plan.stream): no folder can be called \(name.prefix(80))…",
        hint: "A value of a column of \"partition_by\" is too long for a file system."
      )
    }
    let partition = PartitionWriter(path: path, stage: stage)
    partitions[key] = partition
    return partition
  }

  /// Writes every row that waits and ends every file.
  func close() throws {
    for (_, partition) in partitions.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try partition.writeWaiting(shared)
      try partition.closeFile()
    }
  }

  /// Gives the whole files to a commit.
  func takeFinished() -> [Commit.File] {
    defer { partitions = [:] }
    return partitions.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .flatMap(\.value.finished)
  }
}
