import Columns
import JSON
import Testing
import Wire

@Suite struct RecordDecoderTests {
  /// Decodes `text` and returns whether it became a row, with the decoder's failure.
  static func decode(
    _ text: String,
    _ decoder: inout RecordDecoder,
    _ batch: inout Batch
  ) -> Bool {
    let bytes = Array((text + "\n").utf8)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      let next = unsafe decoder.decode(start, start + buffer.count, into: &batch)
      return unsafe next == start + buffer.count - 1
    }
  }

  static func texts(_ batch: borrowing Batch, _ index: Int) -> [String] {
    batch.withColumn(index) { column in
      (0..<column.count).map { unsafe String(decoding: column.bytes(at: $0), as: UTF8.self) }
    }
  }

  static let flat = Schema([
    Field("id", .integer(.i64)), Field("price", .double), Field("name", .string),
    Field("day", .date), Field("raw", .json), Field("amount", .decimal(precision: 10, scale: 2)),
    Field("at", .timestamp(.micros, utc: true)), Field("small", .integer(.i8)),
  ])

  @Test func appendsTypedValuesInAnyOrder() {
    var decoder = RecordDecoder(Self.flat)
    var batch = Batch(Self.flat)
    let good = [
      #"{"id": 1, "price": 1.5, "name": "a\né", "day": "1970-01-02", "raw": {"x": [1, 2]}}"#,
      #"{"name":"b","id":-7.0,"price":1e3,"raw":"t","amount":12.3,"other":[{}]}"#,
      #"{"id":1e3,"amount":"-0.50","at":"2024-02-29T1:02:03.5+01:00","small":-128}"#,
      #"{"name":[1, 2],"day":null,"id":9223372036854775807}"#,
      #"{}"#,
    ]
    for text in good {
      #expect(Self.decode(text, &decoder, &batch), "\(text)")
    }
    #expect(batch.rows == 5)
    batch.withColumn(0) {
      #expect(unsafe Array($0.values(as: Int64.self)) == [1, -7, 1000, .max])
      #expect(unsafe Array($0.definition) == [1, 1, 1, 1, 0])
    }
    batch.withColumn(1) { #expect(unsafe Array($0.values(as: Double.self)) == [1.5, 1000]) }
    #expect(Self.texts(batch, 2) == ["a\né", "b", "[1, 2]"])
    batch.withColumn(3) { #expect(unsafe Array($0.values(as: Int32.self)) == [1]) }
    #expect(Self.texts(batch, 4) == [#"{"x": [1, 2]}"#, #""t""#])
    batch.withColumn(5) { #expect(unsafe Array($0.values(as: Int64.self)) == [1230, -50]) }
    batch.withColumn(6) {
      #expect(unsafe Array($0.values(as: Int64.self)) == [1_709_164_923_500_000])
    }
    batch.withColumn(7) { #expect(unsafe Array($0.values(as: Int32.self)) == [-128]) }
    #expect(decoder.unknownKeys.map(\.name) == ["other"])
    #expect(decoder.coerced == 1)
  }

  @Test func aMisfitLeavesNoTrace() {
    var decoder = RecordDecoder(Self.flat)
    var batch = Batch(Self.flat)
    #expect(Self.decode(#"{"id":1,"name":"x"}"#, &decoder, &batch))
    let size = batch.byteCount
    let cases: [(String, Misfit.Kind, String, String)] = [
      (#"{"id":9223372036854775808}"#, .range, "id", "9223372036854775808"),
      (#"{"name":"y","id":"1"}"#, .type, "id", "\"1\""),
      (#"{"id":1.5}"#, .range, "id", "1.5"), (#"{"small":128}"#, .range, "small", "128"),
      (#"{"price":0.12345678901234567890123}"#, .range, "price", "0.12345678901234567890123"),
      (#"{"day":"2023-02-29"}"#, .format, "day", "\"2023-02-29\""),
      (#"{"at":"2024-01-01T24:00:00Z"}"#, .format, "at", "\"2024-01-01T24:00:00Z\""),
      (#"{"amount":1.234}"#, .range, "amount", "1.234"),
      (#"{"amount":123456789.00}"#, .range, "amount", "123456789.00"),
    ]
    for (text, kind, name, value) in cases {
      #expect(!Self.decode(text, &decoder, &batch), "\(text)")
      guard case .misfit(let misfit) = decoder.failure else {
        Issue.record("no misfit: \(text)")
        continue
      }
      #expect(misfit.kind == kind)
      #expect(misfit.path == [name])
      #expect(misfit.value == Array(value.utf8))
      #expect(batch.rows == 1)
      #expect(batch.byteCount == size)
    }
    #expect(!Self.decode(#"{"id":NaN}"#, &decoder, &batch))
    #expect(!Self.decode("{\"id\":\n1}", &decoder, &batch))
    #expect(!Self.decode(#"{"id":01}"#, &decoder, &batch))
    #expect(batch.byteCount == size)
  }

  @Test func theLastOfEqualKeysWins() {
    var decoder = RecordDecoder(Self.flat)
    var batch = Batch(Self.flat)
    #expect(Self.decode(#"{"id":1,"name":"a","id":2}"#, &decoder, &batch))
    batch.withColumn(0) { #expect(unsafe Array($0.values(as: Int64.self)) == [2]) }
    #expect(Self.texts(batch, 2) == ["a"])
    #expect(Self.decode(#"{"id":"no","id":3}"#, &decoder, &batch))
    batch.withColumn(0) { #expect(unsafe Array($0.values(as: Int64.self)) == [2, 3]) }
  }

  @Test func shredsNestedValues() {
    let schema = Schema([
      Field("s", .structure([Field("a", .integer(.i32)), Field("b", .string)])),
      Field("l", .list(Field("x", .structure([Field("y", .integer(.i64))])))),
    ])
    var decoder = RecordDecoder(schema)
    var batch = Batch(schema)
    for text in [
      #"{"s":{"a":1,"b":"x"},"l":[{"y":1},{"y":2},null,{}]}"#, #"{"s":{},"l":[]}"#,
      #"{"s":null,"l":null}"#, #"{"l":[{"y":3,"y":4}]}"#,
    ] {
      #expect(Self.decode(text, &decoder, &batch), "\(text)")
    }
    #expect(!Self.decode(#"{"l":[{"y":3},{"y":"no"}]}"#, &decoder, &batch))
    batch.withColumn(0) { #expect(unsafe Array($0.definition) == [2, 1, 0, 0]) }
    batch.withColumn(2) {
      #expect(unsafe Array($0.values(as: Int64.self)) == [1, 2, 4])
      #expect(unsafe Array($0.repetition) == [0, 1, 1, 1, 0, 0, 0])
      #expect(unsafe Array($0.definition) == [4, 4, 2, 3, 1, 0, 4])
    }
  }
}
