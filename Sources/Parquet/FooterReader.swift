/// What a file's footer says: for inspection, and to check files after a crash.
package struct FooterReader: Sendable {
  /// One row group.
  package struct Group: Sendable, Equatable {
    /// Its rows.
    package var rows = 0
    /// The bytes of its pages before compression.
    package var uncompressed = 0
    /// The bytes of its pages in the file.
    package var compressed = 0
    /// Its columns.
    package var columns = 0
  }

  /// One node of the schema, depth first, the root left out.
  package struct Element: Sendable, Equatable {
    /// The name.
    package var name = ""
    /// The number in Parquet's enumeration of physical types; nil for a group.
    package var type: Int?
    /// 0 required, 1 optional, 2 repeated.
    package var repetition = 0
    /// The nodes directly below.
    package var children = 0
    /// The field id.
    package var id: Int?
  }

  /// The rows of all row groups.
  package private(set) var rows = 0
  /// The schema.
  package private(set) var schema: [Element] = []
  /// The row groups in order.
  package private(set) var groups: [Group] = []
  /// The key-value metadata in order.
  package private(set) var metadata: [(key: String, value: String)] = []
  /// What wrote the file.
  package private(set) var createdBy: String?

  /// Reads the footer of a file of `size` bytes; `read` gives that many bytes at an offset.
  package init(
    size: Int,
    read: (_ offset: Int, _ count: Int) throws -> [UInt8]
  ) throws {
    guard size >= 12 else { throw ParquetError.malformed("shorter than any Parquet file") }
    let tail = try read(size - 8, 8)
    guard tail.count == 8, Array(tail[4...]) == Footer.magic else {
      throw ParquetError.malformed("no PAR1 at the end")
    }
    let length = (0..<4).reduce(0) { $0 | Int(tail[$1]) << ($1 * 8) }
    guard length <= size - 12 else { throw ParquetError.malformed("a footer longer than its file") }
    var thrift = ThriftReader(try read(size - 8 - length, length))
    try parse(&thrift)
  }

  private mutating func parse(_ thrift: inout ThriftReader) throws(ParquetError) {
    var sawSchema = false
    try thrift.structure { (thrift, id, kind) throws(ParquetError) in
      switch (id, kind) {
      case (2, 9):
        sawSchema = true
        for _ in 0..<(try thrift.list().count) { schema.append(try Self.element(&thrift)) }
        if !schema.isEmpty { schema.removeFirst() }
      case (3, 6): rows = try thrift.number()
      case (4, 9): for _ in 0..<(try thrift.list().count) { groups.append(try Self.group(&thrift)) }
      case (5, 9):
        for _ in 0..<(try thrift.list().count) { metadata.append(try Self.pair(&thrift)) }
      case (6, 8): createdBy = try thrift.text()
      default: return false
      }
      return true
    }
    guard sawSchema else { throw .malformed("a footer without a schema") }
  }

  private static func element(_ thrift: inout ThriftReader) throws(ParquetError) -> Element {
    var element = Element()
    try thrift.structure { (thrift, id, kind) throws(ParquetError) in
      switch (id, kind) {
      case (1, 5): element.type = try thrift.number()
      case (3, 5): element.repetition = try thrift.number()
      case (4, 8): element.name = try thrift.text()
      case (5, 5): element.children = try thrift.number()
      case (9, 5): element.id = try thrift.number()
      default: return false
      }
      return true
    }
    return element
  }

  private static func group(_ thrift: inout ThriftReader) throws(ParquetError) -> Group {
    var group = Group()
    try thrift.structure { (thrift, id, kind) throws(ParquetError) in
      switch (id, kind) {
      case (1, 9):
        group.columns = try thrift.list().count
        for _ in 0..<group.columns {
          try thrift.structure { (_, _, _) throws(ParquetError) in false }
        }
      case (2, 6): group.uncompressed = try thrift.number()
      case (3, 6): group.rows = try thrift.number()
      case (6, 6): group.compressed = try thrift.number()
      default: return false
      }
      return true
    }
    return group
  }

  private static func pair(
    _ thrift: inout ThriftReader
  ) throws(ParquetError) -> (key: String, value: String) {
    var pair = (key: "", value: "")
    try thrift.structure { (thrift, id, kind) throws(ParquetError) in
      switch (id, kind) {
      case (1, 8): pair.key = try thrift.text()
      case (2, 8): pair.value = try thrift.text()
      default: return false
      }
      return true
    }
    return pair
  }
}
