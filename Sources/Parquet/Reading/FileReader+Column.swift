package import Columns

extension FileReader {
  /// Decodes one column of a row group: that of the leaf `leaf`, the schema's at `place`.
  package func column(
    _ leaf: Leaf,
    at place: Int,
    group index: Int
  ) throws(ReadError) -> Column {
    let group = footer.groups[index]
    guard place < group.chunks.count, group.chunks[place].path == leaf.path else {
      throw .malformed("column chunks in another order")
    }
    var column = Column(leaf)
    let chunk = group.chunks[place]
    var reader = try ChunkReader(chunk, physicals[place], try pages(of: chunk), limit: memoryLimit)
    reader.checksChecksums = checksChecksums
    try reader.read(into: &column)
    guard column.rows == group.rows else {
      throw .malformed("\(column.rows) rows in a column of a row group of \(group.rows)")
    }
    return column
  }
}
