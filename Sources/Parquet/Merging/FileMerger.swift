import Codecs
package import Columns

/// Where merged files go, one after another.
package protocol MergeOutput: AnyObject {
  /// Begins a file, and returns what takes its bytes.
  func begin() throws -> (UnsafeRawBufferPointer) throws -> Void
  /// Ends the file that was begun last, all of whose bytes were given.
  func end(_ summary: FileWriter.Summary) throws
}

/// Writes the rows of several files of one schema as larger ones, row groups of many small ones
/// put together.
///
/// At most one row group being read and one being filled are in memory.
package struct FileMerger: ~Copyable {
  /// The decoded bytes at which a row group is written.
  private static let groupSize = 32 << 20

  private let schema: Schema
  private let metadata: [(String, String)]
  private let options: WriterOptions
  private let sorting: [SortingColumn]
  /// The bytes at which a file ends, between two row groups.
  private let fileSize: Int
  private let output: any MergeOutput
  private var batch: Batch
  /// What a row of the group that was read last takes in memory: with dictionaries many times what
  /// its pages say.
  private var bytesPerRow = 0
  private var writer: FileWriter?

  /// Begins without rows, for files that are alike `model`, but for columns that `schema` has after
  /// its own.
  package init(
    like model: borrowing FileReader,
    schema: Schema? = nil,
    fileSize: Int,
    output: any MergeOutput
  ) {
    let schema = schema ?? model.schema
    self.schema = schema
    metadata = model.footer.metadata.map { ($0.key, $0.value) }
    options = WriterOptions(like: model.footer)
    sorting = Self.sorting(model)
    self.fileSize = fileSize
    self.output = output
    batch = Batch(schema)
  }

  /// Whether the two files can be one: equal columns, notes of columns, metadata and order.
  package static func isAlike(_ one: borrowing FileReader, _ other: borrowing FileReader) -> Bool {
    one.schema == other.schema && sorting(one) == sorting(other)
      && one.footer.metadata.elementsEqual(other.footer.metadata) { $0 == $1 }
  }

  /// Takes every row of a file, or those that `staying` names of the rows in a range, where it is not
  /// nil, as `editing` leaves them, in the merger's schema; throws a `ReadError` if the file is damaged,
  /// else what the output throws.
  package mutating func append(
    _ reader: borrowing FileReader,
    staying: (Range<Int>) -> [UInt32]? = { _ in nil },
    editing: (consuming Batch) -> Batch = { $0 }
  ) throws {
    var first = 0
    for index in reader.footer.groups.indices {
      let rows = first..<first + reader.footer.groups[index].rows
      first = rows.upperBound
      let kept = staying(rows)
      if let kept, kept.isEmpty { continue }
      // Two large groups are not in memory at once.
      let size = max(reader.footer.groups[index].uncompressed, rows.count * bytesPerRow)
      if batch.byteCount + size > Self.groupSize { try writeGroup() }
      var group = try reader.rowGroup(index)
      bytesPerRow = group.byteCount / max(rows.count, 1)
      if let kept { group = group.picked(kept) }
      group = editing(group)
      if batch.byteCount + group.byteCount > Self.groupSize { try writeGroup() }
      if batch.rows == 0 {
        batch = group
      } else {
        batch.append(rowsOf: group)
      }
    }
  }

  /// Writes what is left and ends the last file.
  package consuming func finish() throws {
    try writeGroup()
    try endFile()
  }

  /// The order of the rows in every row group; none where groups differ, or where it is not one
  /// that our writer makes: by leaves with one value a row, nulls before everything in ascending
  /// order.
  private static func sorting(_ reader: borrowing FileReader) -> [SortingColumn] {
    let sorting = reader.footer.groups.first?.sorting ?? []
    let leaves = reader.schema.leaves
    let isOurs = sorting.allSatisfy { column in
      leaves.indices.contains(column.leaf) && leaves[column.leaf].maxRepetition == 0
        && column.hasNullsFirst != column.isDescending
    }
    return isOurs && reader.footer.groups.allSatisfy { $0.sorting == sorting } ? sorting : []
  }

  private mutating func writeGroup() throws {
    guard batch.rows > 0 else { return }
    var full = Batch(schema)
    swap(&full, &batch)
    if !sorting.isEmpty {
      full = full.picked(RowOrder.rows(full, by: sorting.map { ($0.leaf, $0.isDescending) }))
    }
    if writer == nil {
      writer = try unsafe FileWriter(
        schema,
        FileEncoder(options),
        sorting: sorting,
        metadata: metadata,
        sink: output.begin()
      )
    }
    try writer?.write(full)
    if let size = writer?.summary.bytes, size >= fileSize { try endFile() }
  }

  private mutating func endFile() throws {
    guard let writer = writer.take() else { return }
    try output.end(try writer.finish())
  }
}

extension WriterOptions {
  /// Options that write a file much as the one that `footer` describes: its codec, the encodings
  /// that its columns have beside a dictionary, its bloom filters.
  package init(like footer: FooterReader) {
    let chunks = footer.groups.first?.chunks ?? []
    let codec = Codec.allCases.first { $0.number == chunks.first?.codec }
    self.init(codec: codec ?? .zstd)
    for chunk in chunks {
      let name = chunk.path.joined(separator: ".")
      if chunk.bloomFilterOffset != nil { bloomFilters.insert(ColumnName(name)) }
      let fixed = Encoding.allCases.first { encoding in
        guard let page = encoding.fixed, page != .plain, page != .rle else { return false }
        return chunk.encodings.contains(page.rawValue)
      }
      // Beside a dictionary it is only what the values went on with where that was full.
      let hasDictionary = chunk.encodings.contains(PageEncoding.dictionary.rawValue)
      if let fixed, !hasDictionary { columnEncodings[ColumnName(name)] = fixed }
    }
  }
}
