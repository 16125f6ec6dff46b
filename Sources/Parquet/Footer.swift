import Columns

/// One column by which the rows of every row group are sorted.
package struct SortingColumn: Hashable, Sendable {
  /// The number of the leaf.
  package var leaf: Int
  package var isDescending: Bool
  package var hasNullsFirst: Bool

  package init(leaf: Int, isDescending: Bool, hasNullsFirst: Bool) {
    self.leaf = leaf
    self.isDescending = isDescending
    self.hasNullsFirst = hasNullsFirst
  }
}

/// What the footer says of one row group.
struct RowGroup {
  var rows: Int
  var offset: Int
  var sorting: [SortingColumn]
  var chunks: [ColumnChunk]

  var compressed: Int { chunks.reduce(0) { $0 + $1.compressed } }
  var uncompressed: Int { chunks.reduce(0) { $0 + $1.uncompressed } }

  func write(to thrift: inout ThriftWriter, ordinal: Int) {
    thrift.list(1, of: .structure, count: chunks.count)
    for chunk in chunks { thrift.element { chunk.write(to: &$0) } }
    thrift.i64(2, uncompressed)
    thrift.i64(3, rows)
    if !sorting.isEmpty {
      thrift.list(4, of: .structure, count: sorting.count)
      for column in sorting {
        thrift.element {
          $0.i32(1, column.leaf)
          $0.bool(2, column.isDescending)
          $0.bool(3, column.hasNullsFirst)
        }
      }
    }
    thrift.i64(5, offset)
    thrift.i64(6, compressed)
    if let ordinal = Int16(exactly: ordinal) { thrift.i16(7, ordinal) }
  }
}

/// The file's metadata, at its end.
struct Footer {
  static let magic: [UInt8] = Array("PAR1".utf8)

  var schema: Schema
  var rows: Int
  var groups: [RowGroup]
  var metadata: [(String, String)]
  var createdBy: String

  var bytes: [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.i32(1, 2)
      let elements = SchemaElement.elements(schema)
      thrift.list(2, of: .structure, count: elements.count)
      for element in elements { thrift.element { element.write(to: &$0) } }
      thrift.i64(3, rows)
      thrift.list(4, of: .structure, count: groups.count)
      for (index, group) in groups.enumerated() {
        thrift.element { group.write(to: &$0, ordinal: index) }
      }
      if !metadata.isEmpty { thrift.pairs(5, metadata) }
      thrift.text(6, createdBy)
      let leaves = elements.reduce(0) { $0 + ($1.type == nil ? 0 : 1) }
      thrift.list(7, of: .structure, count: leaves)
      for _ in 0..<leaves { thrift.element { $0.structure(1) } }
    }
    return thrift.bytes
  }
}
