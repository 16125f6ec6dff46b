/// What a file's footer says: for inspection, to check files after a crash, and to read them.
package struct FooterReader: Sendable {
  /// One row group.
  package struct Group: Sendable {
    /// Its rows.
    package var rows = 0
    /// The bytes of its pages before compression.
    package var uncompressed = 0
    /// The bytes of its pages in the file.
    package var compressed = 0
    /// The columns by which its rows are sorted.
    package var sorting: [SortingColumn] = []
    /// Its column chunks, one for each leaf of the schema.
    package var chunks: [Chunk] = []

    /// How many columns it has.
    package var columns: Int { chunks.count }
  }

  /// The rows of all row groups.
  package private(set) var rows = 0
  /// The nodes of the schema, depth first, the root left out.
  package private(set) var schema: [Element] = []
  /// The row groups in order.
  package private(set) var groups: [Group] = []
  /// The key-value metadata in order.
  package private(set) var metadata: [(key: String, value: String)] = []
  /// What wrote the file.
  package private(set) var createdBy: String?
  /// Where the footer begins, hence the pages end.
  let start: Int

  /// Gives `count` bytes at `offset`; fewer where the file has no more.
  package typealias Source = (_ offset: Int, _ count: Int) throws(ReadError) -> [UInt8]

  /// Reads the footer of a file of `size` bytes.
  package init(size: Int, read: Source) throws(ReadError) {
    guard size >= 12 else { throw .notParquet("it is shorter than any Parquet file") }
    let tail = try read(size - 8, 8)
    guard tail.count == 8, Array(tail[4...]) == Footer.magic else {
      throw .notParquet("it does not end in PAR1")
    }
    guard try read(0, 4) == Footer.magic else { throw .notParquet("it does not begin with PAR1") }
    let length = (0..<4).reduce(0) { $0 | Int(tail[$1]) << ($1 * 8) }
    guard length <= size - 12 else { throw .malformed("a footer longer than its file") }
    start = size - 8 - length
    let bytes = try read(start, length)
    guard bytes.count == length else { throw .malformed("the footer ends early") }
    var thrift = ThriftReader(bytes)
    try parse(&thrift)
  }

  private mutating func parse(_ thrift: inout ThriftReader) throws(ReadError) {
    var sawSchema = false
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (2, 9):
        sawSchema = true
        for _ in 0..<(try thrift.list().count) { schema.append(try Element(&thrift)) }
        if !schema.isEmpty { schema.removeFirst() }
      case (3, 6): rows = try thrift.number()
      case (4, 9): for _ in 0..<(try thrift.list().count) { groups.append(try Self.group(&thrift)) }
      case (5, 9): metadata = try thrift.pairs()
      case (6, 8): createdBy = try thrift.text()
      default: return false
      }
      return true
    }
    guard sawSchema else { throw .malformed("a footer without a schema") }
  }

  private static func group(_ thrift: inout ThriftReader) throws(ReadError) -> Group {
    var group = Group()
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (1, 9):
        for _ in 0..<(try thrift.list().count) { group.chunks.append(try Chunk(&thrift)) }
      case (2, 6): group.uncompressed = try thrift.number()
      case (3, 6): group.rows = try thrift.number()
      case (4, 9):
        for _ in 0..<(try thrift.list().count) { group.sorting.append(try SortingColumn(&thrift)) }
      case (6, 6): group.compressed = try thrift.number()
      default: return false
      }
      return true
    }
    return group
  }
}

extension SortingColumn {
  fileprivate init(_ thrift: inout ThriftReader) throws(ReadError) {
    self.init(leaf: -1, isDescending: false, hasNullsFirst: false)
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (1, 5): leaf = try thrift.number()
      case (2, 1), (2, 2): isDescending = kind == 1
      case (3, 1), (3, 2): hasNullsFirst = kind == 1
      default: return false
      }
      return true
    }
  }
}

extension ThriftReader {
  /// Reads a list of `KeyValue`.
  mutating func pairs() throws(ReadError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    for _ in 0..<(try list().count) {
      var pair = (key: "", value: "")
      try structure { (thrift, id, kind) throws(ReadError) in
        switch (id, kind) {
        case (1, 8): pair.key = try thrift.text()
        case (2, 8): pair.value = try thrift.text()
        default: return false
        }
        return true
      }
      pairs.append(pair)
    }
    return pairs
  }
}
