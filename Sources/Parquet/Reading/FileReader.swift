package import Columns

/// Reads the files that `FileWriter` writes, a row group at a time.
///
/// No bytes make it crash, and what they claim is held against `memoryLimit` before it is
/// believed; a file of another writer is read as far as it uses what ours does.
package struct FileReader {
  /// What the footer says.
  package let footer: FooterReader
  /// The columns, as the writer had them but for the alternatives of fields; notes of columns are
  /// those of the first row group.
  package let schema: Schema
  /// How the values of each leaf lie in the file.
  let physicals: [Physical]
  private let source: FooterReader.Source
  let memoryLimit: Int
  let checksChecksums: Bool

  /// Reads the footer of a file of `size` bytes; a row group may take `memoryLimit` bytes, decoded.
  ///
  /// `checksChecksums` is false for tests of what lies behind them.
  package init(
    size: Int,
    memoryLimit: Int = 1 << 30,
    checksChecksums: Bool = true,
    source: @escaping FooterReader.Source
  ) throws(ReadError) {
    footer = try FooterReader(size: size, read: source)
    schema = try SchemaReader.schema(footer)
    physicals = footer.schema.compactMap(\.physical)
    self.source = source
    self.memoryLimit = memoryLimit
    self.checksChecksums = checksChecksums
    var rows = 0
    for group in footer.groups {
      let (sum, overflow) = rows.addingReportingOverflow(group.rows)
      guard group.rows >= 0, !overflow else {
        throw .malformed("a row group of \(group.rows) rows")
      }
      rows = sum
    }
    guard rows == footer.rows else {
      throw .malformed("\(rows) rows in row groups, but \(footer.rows) in all")
    }
  }

  /// The names of the top-level columns, in the order of a row's values.
  package var columnNames: [String] { schema.fields.map(\.name) }

  /// Decodes a row group; `index` is one of `footer.groups`.
  package func rowGroup(_ index: Int) throws(ReadError) -> Batch {
    let group = footer.groups[index]
    var batch = Batch(schema)
    let leaves = schema.leaves
    try Self.check(group, leaves)
    var used = 0
    for place in leaves.indices {
      let chunk = group.chunks[place]
      var reader = try ChunkReader(
        chunk,
        physicals[place],
        try pages(of: chunk),
        limit: memoryLimit - used
      )
      reader.checksChecksums = checksChecksums
      // SAFETY: the batch has one column for each leaf.
      unsafe try reader.read(into: &batch.columns[place])
      let (rows, bytes) = batch.withColumn(place) { ($0.rows, $0.byteCount) }
      guard rows == group.rows else {
        throw .malformed("\(rows) rows in a column of a row group of \(group.rows)")
      }
      used += bytes
      guard used <= memoryLimit else { throw .tooLarge(limit: memoryLimit) }
    }
    batch.setRows(group.rows)
    return batch
  }

  /// The bytes of a chunk, which lie between the magic number and the footer.
  func pages(of chunk: FooterReader.Chunk) throws(ReadError) -> [UInt8] {
    try checkPlace(chunk)
    let bytes = try source(chunk.start, chunk.compressed)
    guard bytes.count == chunk.compressed else { throw .malformed("a column chunk ends early") }
    return bytes
  }
}
