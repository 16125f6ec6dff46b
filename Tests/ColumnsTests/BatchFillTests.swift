import Columns
import Testing

@Suite("Nulls of a batch filled in")
struct BatchFillTests {
  private let schema = Schema([Field("n", .integer(.i64)), Field("t", .string)])

  private func batch() -> Batch {
    var batch = Batch(schema)
    for row in 0..<5 {
      batch.beginRow()
      if row % 2 == 0 {
        unsafe batch.columns[0].appendNull()
        unsafe batch.columns[1].append("row \(row)")
      } else {
        unsafe batch.columns[0].append(Int64(row))
        unsafe batch.columns[1].appendNull()
      }
      batch.endRow()
    }
    return batch
  }

  private func numbers(_ batch: borrowing Batch, _ column: Int) -> [Int64] {
    batch.withColumn(column) { unsafe Array($0.values(as: Int64.self)) }
  }

  private func texts(_ batch: borrowing Batch) -> [String] {
    batch.withColumn(1) { column in
      (0..<column.count).map { unsafe String(decoding: column.bytes(at: $0), as: UTF8.self) }
    }
  }

  @Test func valuesThatAreThereStay() {
    let filled = batch().filled(0, of: schema, .number(9))
    #expect(filled.rows == 5 && numbers(filled, 0) == [9, 1, 9, 3, 9])
    #expect(texts(filled) == ["row 0", "row 2", "row 4"])
    #expect(filled.withColumn(1) { unsafe Array($0.definition) } == [1, 0, 1, 0, 1])
  }

  @Test func textIsFilledWithText() {
    let filled = batch().filled(1, of: schema, .text("–"))
    #expect(texts(filled) == ["row 0", "–", "row 2", "–", "row 4"])
    #expect(filled.withColumn(0) { $0.count } == 2)
  }

  @Test func aColumnThatIsNotThereGetsTheValueInEveryRow() {
    let wider = Schema(schema.fields + [Field("at", .timestamp(.micros, utc: true))])
    let filled = batch().filled(2, of: wider, .number(7))
    #expect(filled.schema == wider && numbers(filled, 2) == [7, 7, 7, 7, 7])
    #expect(numbers(filled, 0) == [1, 3] && texts(filled).count == 3)
  }

  @Test func aBatchWithoutRows() {
    let filled = Batch(schema).filled(0, of: schema, .number(1))
    #expect(filled.rows == 0 && numbers(filled, 0).isEmpty)
  }
}
