/// What takes the place of nulls.
package enum Filling: Sendable {
  /// For a column stored as `int64`.
  case number(Int64)
  /// For a column stored as `bytes`.
  case text(String)
}

extension Batch {
  /// The rows with `filling` in place of every null of the leaf at `place`, a flat top-level column.
  ///
  /// `schema` is the batch's own, or has that leaf, which is the last one then, beside the batch's.
  package consuming func filled(_ place: Int, of schema: Schema, _ filling: Filling) -> Batch {
    var batch = self
    var full = Batch(schema)
    let rows = batch.rows
    precondition(place < full.columnCount && full.columnCount - batch.columnCount <= 1)
    // SAFETY: both batches have columns at these places, all initialised.
    var index = 0
    while let column = batch.takeColumn() {
      if index == place {
        unsafe full.columns[index].append(column, filling: filling)
      } else {
        unsafe full.columns[index] = column
      }
      index += 1
    }
    if index == place { unsafe full.columns[place].append(filling, times: rows) }
    full.setRows(rows)
    return full
  }
}

// SAFETY, for the whole extension: room for the slots is made first; values are read with the type
// that the storage names.
extension Column {
  fileprivate mutating func append(_ filling: Filling, times: Int) {
    reserve(slots: slots + times)
    for _ in 0..<times { append(filling) }
  }

  private mutating func append(_ filling: Filling) {
    switch filling {
    case .number(let number):
      precondition(storage == .int64)
      append(number)
    case .text(let text):
      precondition(storage == .bytes)
      append(text)
    }
  }

  /// Appends the rows of a flat column of the same leaf.
  fileprivate mutating func append(_ other: borrowing Column, filling: Filling) {
    precondition(!isRepeated && storage == other.storage)
    reserve(slots: slots + other.slots)
    var value = 0
    for slot in 0..<other.slots {
      guard unsafe other.definition[slot] == other.maxDefinition else {
        append(filling)
        continue
      }
      if storage == .bytes {
        unsafe append(UnsafeRawBufferPointer(other.bytes(at: value)))
      } else {
        append(unsafe other.values(as: Int64.self)[value])
      }
      value += 1
    }
  }
}
