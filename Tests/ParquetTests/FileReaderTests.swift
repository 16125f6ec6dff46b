import Codecs
import Columns
import Parquet
import Testing

@Suite struct FileReaderTests {
  struct Form: CustomTestStringConvertible, Sendable {
    var encoding: Encoding
    var codec: Codec
    var version: Int
    var testDescription: String { "\(encoding.rawValue), \(codec.rawValue), version \(version)" }
  }

  static let forms: [Form] = Encoding.allCases.flatMap { encoding in
    Codec.allCases.flatMap { codec in
      [1, 2].map { Form(encoding: encoding, codec: codec, version: $0) }
    }
  }

  static func file(_ form: Form, _ sizes: [Int], pageSize: Int = 512) throws -> [UInt8] {
    let sink = Sink()
    var options = WriterOptions(codec: form.codec)
    options.encoding = form.encoding
    options.pageVersion = form.version
    options.pageSize = pageSize
    options.bloomFilters = [ColumnName("a1")]
    var writer = try unsafe FileWriter(
      schema: RandomRows.schema,
      options: options,
      metadata: [("owner", "tests")]
    ) { unsafe sink.bytes += Array($0) }
    for rows in sizes { try writer.write(RandomRows.batch(rows, seed: UInt64(rows))) }
    _ = try writer.finish()
    return sink.bytes
  }

  static func reader(
    _ bytes: [UInt8],
    memoryLimit: Int = 1 << 26,
    checksChecksums: Bool = true
  ) throws(ReadError) -> FileReader {
    try FileReader(
      size: bytes.count,
      memoryLimit: memoryLimit,
      checksChecksums: checksChecksums
    ) { (offset, count) throws(ReadError) in
      let start = min(offset, bytes.count)
      return Array(bytes[start..<min(start + count, bytes.count)])
    }
  }

  /// The values and levels of a column, for comparing.
  struct Content: Equatable {
    var definition: [UInt8]
    var repetition: [UInt8]
    var values: [UInt8]
    var heap: [UInt8]

    init(_ column: borrowing Column) {
      // SAFETY: copied while the column is borrowed.
      definition = unsafe Array(column.definition)
      repetition = unsafe Array(column.repetition)
      values = unsafe Array(column.rawValues)
      heap = unsafe Array(column.heap)
    }
  }

  @Test(arguments: forms)
  func whatWasWrittenIsRead(form: Form) throws {
    let sizes = [1, 700, 33]
    let reader = try Self.reader(Self.file(form, sizes))
    #expect(reader.schema == RandomRows.schema)
    #expect(reader.footer.groups.map(\.rows) == sizes)
    for (index, rows) in sizes.enumerated() {
      let read = try reader.rowGroup(index)
      let written = RandomRows.batch(rows, seed: UInt64(rows))
      #expect(read.rows == rows)
      for column in 0..<written.columnCount {
        let expected = written.withColumn(column) { Content($0) }
        let found = read.withColumn(column) { Content($0) }
        #expect(found == expected, "column \(reader.schema.leaves[column].path)")
      }
    }
  }

  @Test func aSchemaWithoutRowsIsRead() throws {
    let form = Form(encoding: .dictionary, codec: .zstd, version: 1)
    var wanted = RandomRows.schema
    // Notes of a column lie in its chunks.
    wanted.fields[wanted.fields.count - 1].metadata = [:]
    #expect(try Self.reader(Self.file(form, [])).schema == wanted)
  }

  @Test func aRowGroupBeyondTheLimitIsRefused() throws {
    let form = Form(encoding: .dictionary, codec: .zstd, version: 1)
    let reader = try Self.reader(Self.file(form, [700]), memoryLimit: 20_000)
    #expect(throws: ReadError.tooLarge(limit: 20_000)) {
      do throws(ReadError) {
        _ = try reader.rowGroup(0)
      } catch .tooLarge {
        throw ReadError.tooLarge(limit: 20_000)
      }
    }
  }
}
