import Columns
import Testing

@Suite("A batch split at a row")
struct BatchSplitTests {
  private func batch(rows: Int) -> Batch {
    let schema = Schema([
      Field("n", .integer(.i64)),
      Field("t", .string),
      Field("l", .list(Field("element", .string))),
    ])
    var batch = Batch(schema)
    for row in 0..<rows {
      batch.beginRow()
      unsafe batch.columns[0].append(Int64(row))
      if row % 3 == 0 {
        unsafe batch.columns[1].appendNull()
      } else {
        unsafe batch.columns[1].append("row \(row)")
      }
      for item in 0..<max(row % 4, 1) {
        unsafe batch.columns[2].beginSlot(repetition: item == 0 ? 0 : 1)
        if row % 4 == 0 {
          unsafe batch.columns[2].appendNull(definition: 1)
        } else {
          unsafe batch.columns[2].append("\(row).\(item)")
        }
      }
      batch.endRow()
    }
    return batch
  }

  private func numbers(_ batch: borrowing Batch) -> [Int64] {
    batch.withColumn(0) { unsafe Array($0.values(as: Int64.self)) }
  }

  private func texts(_ batch: borrowing Batch, _ column: Int) -> [String] {
    batch.withColumn(column) { column in
      (0..<column.count).map { unsafe String(decoding: column.bytes(at: $0), as: UTF8.self) }
    }
  }

  @Test("both halves hold what a batch of those rows alone would", arguments: [0, 1, 4, 9, 10])
  func halves(at row: Int) {
    var first = batch(rows: 10)
    let whole = batch(rows: 10)
    let rest = first.split(atRow: row)
    let prefix = batch(rows: row)
    #expect(first.rows == row)
    #expect(rest.rows == 10 - row)
    #expect(numbers(first) == (0..<Int64(row)).map { $0 })
    #expect(numbers(rest) == (Int64(row)..<10).map { $0 })
    for column in 1...2 {
      #expect(texts(first, column) == texts(prefix, column))
      #expect(texts(first, column) + texts(rest, column) == texts(whole, column))
    }
    let levels = rest.withColumn(2) { unsafe Array($0.repetition) }
    let all = whole.withColumn(2) { unsafe Array($0.repetition) }
    #expect(levels == Array(all.suffix(levels.count)))
    #expect(levels.filter { $0 == 0 }.count == 10 - row)
  }
}
