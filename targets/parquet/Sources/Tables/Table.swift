import Columns
import JSON
import Wire

/// One stream on its way into its table: the rows that wait, and how its lines are read.
final class Table {
  let stream: String
  /// The folder of the table, and its name in the commit log.
  let folder: String
  private(set) var schema: Schema
  private(set) var numbers: ColumnNumbers
  var batch: Batch
  var lines: LineDecoder
  /// How many rows of `batch` the waiting STATE covers.
  var marked = 0
  let writer: TableWriter
  /// How its rows are divided into folders; nil where they are not.
  let partitioning: Partitioning?
  let loading: Loading
  /// What is said of each record beside its own fields, on request.
  var recordMetadata: RecordMetadata?
  /// The names of the stream's own columns.
  var declaredNames: Set<String> = []
  /// The version that the rows in `batch` belong to, where the tap tells one.
  var version: Int64?
  /// The version whose rows alone stand after the next commit, or are not marked as deleted.
  var activeVersion: Int64?
  /// The generation that its rows belong to, where one was told, now or before.
  var generation: Generation?
  /// Of a stream that has been read to its end: the generation before which rows go with the next
  /// commit.
  var firstGeneration: Int64?
  /// Whether its stream has been read to its end.
  var isComplete = false
  /// Whether its former rows have not yet given way to this load's.
  var awaitsReplacement: Bool
  /// Key-value pairs for the footer of every file.
  var metadata: [(String, String)] = []
  /// The stream's last SCHEMA, to notice a repeated one.
  var schemaBytes: [UInt8] = []
  var declaredKeys: [String] = []
  /// The key properties that are in the schema, which a record must have.
  var keys: [String] = []
  /// The leaf of each key, and how many nulls it had when last looked at.
  var keyColumns: [(leaf: Int, nulls: Int)] = []
  /// How many different keys `lines` had met when last looked at.
  var keysSeen = 0
  var rowsRead = 0
  /// How many times lost digits under schemas before the one that stands.
  private var cutBefore = 0
  /// How many times lost digits beyond their column's unit.
  var valuesCut: Int { cutBefore + lines.records.cut }
  /// Bytes of the lines of those rows.
  var bytesRead = 0
  var rowsWritten = 0
  /// Rows that commits of this load have made visible.
  var rowsCommitted = 0
  /// Those of the rows given to the writer that it left out as repeated, as of the last commit.
  var rowsSkipped = 0

  init(
    stream: String,
    folder: String,
    schema: Schema,
    writer: TableWriter,
    partitioning: Partitioning?,
    loading: Loading,
    numbers: ColumnNumbers
  ) {
    self.stream = stream
    self.folder = folder
    self.schema = schema
    self.writer = writer
    self.partitioning = partitioning
    self.loading = loading
    self.numbers = numbers
    awaitsReplacement = loading.overwrites
    batch = Batch(schema)
    lines = LineDecoder(schema)
  }

  var isDivided: Bool { partitioning != nil }

  /// Goes on with other columns; the rows so far have been taken.
  func change(to columns: Schema) {
    cutBefore = valuesCut
    schema = numbers.number(columns)
    batch = Batch(schema)
    lines = LineDecoder(schema)
    keysSeen = 0
    keyColumns = keyPlaces()
    recordMetadata?.find(in: schema, declared: declaredNames)
  }

  /// Takes the rows before `row` out of `batch`.
  func takeRows(before row: Int) -> Batch {
    var rest = batch.split(atRow: row)
    // The next row group will be like this one; of small ones there may be many.
    if batch.byteCount > 1 << 20 { rest.reserve(like: batch) }
    var taken = Batch(schema)
    swap(&taken, &batch)
    batch = rest
    marked = max(marked - row, 0)
    keyColumns = keyPlaces()
    return taken
  }

  /// Where the keys are among the leaves, with the nulls that the batch has there now.
  func keyPlaces() -> [(leaf: Int, nulls: Int)] {
    let leaves = schema.leaves
    return keys.compactMap { key in
      leaves.firstIndex { $0.path.count == 1 && $0.path[0].hasSameBytes(as: key) }.map { leaf in
        (leaf, nulls(leaf))
      }
    }
  }

  /// Whether a key column has got nulls since the last look: a key was null, or absent.
  func hasNewNullKeys() -> Bool {
    var found = false
    for index in keyColumns.indices {
      let now = nulls(keyColumns[index].leaf)
      if now > keyColumns[index].nulls { found = true }
      keyColumns[index].nulls = now
    }
    return found
  }

  private func nulls(_ leaf: Int) -> Int { batch.withColumn(leaf) { $0.slots - $0.count } }
}
