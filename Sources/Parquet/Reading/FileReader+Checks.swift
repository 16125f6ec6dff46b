import Codecs
import Columns

extension FileReader {
  /// Throws for a file that `rowGroup` would refuse before it has looked into a page.
  ///
  /// Pages themselves are not read: a bit that has turned over in one is not noticed.
  package func checkPlaces() throws(ReadError) {
    let leaves = schema.leaves
    for group in footer.groups {
      try Self.check(group, leaves)
      for (leaf, chunk) in zip(leaves, group.chunks) {
        guard Codec.allCases.contains(where: { $0.number == chunk.codec }) else {
          throw .unsupported("the codec \(chunk.codecName)")
        }
        let hasLevels = leaf.maxDefinition > 0 || leaf.maxRepetition > 0
        for number in chunk.encodings where PageEncoding(rawValue: number) == nil {
          // The older name of dictionary indices; levels of no bits.
          guard number == 2 || number == 4 && !hasLevels else {
            throw .unsupported("encoding \(number)")
          }
        }
        try checkPlace(chunk)
      }
    }
  }

  /// The nulls of a leaf in all row groups, told by the footer or else by the pages.
  package func nulls(ofLeaf place: Int) throws(ReadError) -> Int {
    let leaf = schema.leaves[place]
    var sum = 0
    for group in footer.groups {
      try Self.check(group, schema.leaves)
      let chunk = group.chunks[place]
      if let nulls = chunk.nulls {
        // As many as there are values at most, so that the sum stays a number.
        sum += min(max(nulls, 0), max(group.rows, 0))
        continue
      }
      var column = Column(leaf)
      var reader = try ChunkReader(
        chunk,
        physicals[place],
        try pages(of: chunk),
        limit: memoryLimit
      )
      try reader.read(into: &column)
      sum += column.slots - column.count
    }
    return sum
  }

  /// Throws where a row group has not one chunk for each leaf, in their order.
  static func check(_ group: FooterReader.Group, _ leaves: [Leaf]) throws(ReadError) {
    guard leaves.count == group.chunks.count else {
      throw .malformed("\(group.chunks.count) column chunks for \(leaves.count) columns")
    }
    guard zip(leaves, group.chunks).allSatisfy({ $0.path == $1.path }) else {
      throw .malformed("column chunks in another order")
    }
  }

  /// Throws where a chunk's pages do not lie between the magic number and the footer.
  func checkPlace(_ chunk: FooterReader.Chunk) throws(ReadError) {
    let start = chunk.start
    guard start >= 4, chunk.compressed >= 0, start <= footer.start,
      chunk.compressed <= footer.start - start
    else { throw .malformed("a column chunk outside of its file") }
  }
}
