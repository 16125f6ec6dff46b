/// Where each row of a batch begins in every column, so that rows can be picked out of it.
///
/// Made once for a batch; flat columns without nulls need nothing.
public struct RowPlaces: Sendable {
  /// For one column: the slot and the value at which each row begins, and where the last ends;
  /// empty where both are the row's own number.
  struct Places: Sendable {
    var slots: [UInt32] = []
    var values: [UInt32] = []
  }

  let columns: [Places]

  /// Looks through the levels of every column of `batch`.
  public init(_ batch: borrowing Batch) {
    columns = (0..<batch.columnCount).map { batch.withColumn($0) { Places($0) } }
  }
}

extension RowPlaces.Places {
  init(_ column: borrowing Column) {
    guard column.isRepeated || column.count < column.slots else { return }
    slots.reserveCapacity(column.rows + 1)
    values.reserveCapacity(column.rows + 1)
    let definition = unsafe column.definition
    let repetition = unsafe column.repetition
    var value: UInt32 = 0
    // SAFETY: slots are below the number that both arrays of levels have.
    for slot in 0..<column.slots {
      if unsafe !column.isRepeated || repetition[slot] == 0 {
        slots.append(UInt32(slot))
        values.append(value)
      }
      if unsafe definition[slot] == column.maxDefinition { value += 1 }
    }
    slots.append(UInt32(column.slots))
    values.append(value)
  }

  func slots(of row: Int) -> Range<Int> {
    slots.isEmpty ? row..<row + 1 : Int(slots[row])..<Int(slots[row + 1])
  }

  func values(of row: Int) -> Range<Int> {
    values.isEmpty ? row..<row + 1 : Int(values[row])..<Int(values[row + 1])
  }
}
