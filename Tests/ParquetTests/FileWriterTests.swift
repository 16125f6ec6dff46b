import Codecs
import Columns
import Parquet
import Testing

@Suite struct FileWriterTests {
  static let schema = Schema([
    Field("id", .integer(.i64), nullable: false),
    Field("name", .string),
    Field("tags", .list(Field("tag", .structure([Field("key", .string)])))),
  ])

  static func batch(_ rows: Int) -> Batch {
    var batch = Batch(schema, rowCapacity: rows)
    for row in 0..<rows {
      batch.beginRow()
      // SAFETY: the schema has three leaves.
      unsafe batch.columns[0].append(Int64(row))
      if row % 3 == 0 {
        unsafe batch.columns[1].appendNull()
      } else {
        unsafe batch.columns[1].append("name \(row % 10) 😀")
      }
      unsafe batch.columns[2].beginSlot(repetition: 0)
      unsafe batch.columns[2].append("a")
      unsafe batch.columns[2].beginSlot(repetition: 1)
      unsafe batch.columns[2].appendNull(definition: 3)
      batch.endRow()
    }
    return batch
  }

  static func file(_ batches: [Int], _ codec: Codec = .zstd) throws -> [UInt8] {
    let sink = Sink()
    var writer = try unsafe FileWriter(
      schema: schema,
      options: WriterOptions(codec: codec),
      metadata: [("owner", "tests")]
    ) { unsafe sink.bytes += Array($0) }
    for rows in batches { try writer.write(batch(rows)) }
    let summary = try writer.finish()
    #expect(summary.bytes == sink.bytes.count)
    return sink.bytes
  }

  static func footer(_ bytes: [UInt8]) throws -> FooterReader {
    try FooterReader(size: bytes.count) { Array(bytes[$0..<$0 + $1]) }
  }

  @Test(arguments: Codec.allCases)
  func footerTellsRowsSchemaAndMetadata(codec: Codec) throws {
    let footer = try Self.footer(Self.file([100, 0, 20], codec))
    #expect(footer.rows == 120)
    #expect(footer.groups.map(\.rows) == [100, 20])
    #expect(footer.groups.map(\.columns) == [3, 3])
    #expect(
      footer.schema.map(\.name) == ["id", "name", "tags", "list", "element", "key"]
    )
    #expect(footer.schema.map(\.repetition) == [0, 1, 1, 2, 1, 1])
    #expect(footer.metadata.map(\.key) == ["owner"])
    #expect(footer.metadata.map(\.value) == ["tests"])
    #expect(footer.createdBy == "dativo version 0.1.0 (build release)")
  }

  @Test func zeroRecordsMakeAFileWithoutRowGroups() throws {
    let footer = try Self.footer(Self.file([]))
    #expect(footer.rows == 0)
    #expect(footer.groups.isEmpty)
    #expect(footer.schema.count == 6)
  }

  @Test func theSameRowsGiveTheSameBytes() throws {
    #expect(try Self.file([1000, 50]) == Self.file([1000, 50]))
  }

  @Test func aCutFooterIsMalformed() throws {
    let bytes = try Self.file([10])
    #expect(throws: ReadError.self) { try Self.footer(Array(bytes.dropLast())) }
    #expect(throws: ReadError.self) { try Self.footer([]) }
  }
}

final class Sink {
  var bytes: [UInt8] = []
}
