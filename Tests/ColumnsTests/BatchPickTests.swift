import Columns
import Testing

@Suite("Rows picked out of a batch")
struct BatchPickTests {
  private func batch() -> Batch {
    let schema = Schema([
      Field("n", .integer(.i64)), Field("t", .string),
      Field("l", .list(Field("element", .string))),
    ])
    var batch = Batch(schema)
    for row in 0..<9 {
      batch.beginRow()
      unsafe batch.columns[0].append(Int64(row % 3))
      if row % 4 == 1 {
        unsafe batch.columns[1].appendNull()
      } else {
        unsafe batch.columns[1].append("row \(row)")
      }
      for item in 0..<max(row % 3, 1) {
        unsafe batch.columns[2].beginSlot(repetition: item == 0 ? 0 : 1)
        if row % 3 == 0 {
          unsafe batch.columns[2].appendNull(definition: 1)
        } else {
          unsafe batch.columns[2].append("\(row).\(item)")
        }
      }
      batch.endRow()
    }
    return batch
  }

  private func texts(_ batch: borrowing Batch, _ column: Int) -> [String] {
    batch.withColumn(column) { column in
      (0..<column.count).map { unsafe String(decoding: column.bytes(at: $0), as: UTF8.self) }
    }
  }

  @Test func rowsComeInTheOrderAskedForWithTheirNullsAndLists() {
    let picked = batch().picked([8, 1, 0, 5])
    #expect(picked.rows == 4)
    #expect(picked.withColumn(0) { unsafe Array($0.values(as: Int64.self)) } == [2, 1, 0, 2])
    #expect(texts(picked, 1) == ["row 8", "row 0"])
    #expect(picked.withColumn(1) { unsafe Array($0.definition) } == [1, 0, 1, 0])
    #expect(texts(picked, 2) == ["8.0", "8.1", "1.0", "5.0", "5.1"])
    #expect(picked.withColumn(2) { unsafe Array($0.repetition) } == [0, 1, 0, 0, 0, 1])
    #expect(picked.withColumn(2) { $0.rows } == 4)
  }

  @Test func aBatchOfSomeColumnsTakesThoseLeaves() {
    let source = batch()
    var some = Batch(Schema([source.schema.fields[2]]))
    some.append(source, rows: [2, 2], RowPlaces(source), leaves: [2])
    #expect(texts(some, 0) == ["2.0", "2.1", "2.0", "2.1"])
    #expect(some.rows == 2)
  }

  @Test func rowsAreSortedByOneColumnThenTheNext() {
    let source = batch()
    let order = RowOrder.rows(source, by: [(leaf: 0, isDescending: true), (leaf: 1, false)])
    #expect(order == [5, 2, 8, 1, 4, 7, 0, 3, 6])
    #expect(RowOrder.leaf("l", in: source.schema) == nil)
  }
}
