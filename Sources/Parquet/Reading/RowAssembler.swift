package import Columns

/// Puts the rows of a batch together from the levels of its columns, one after another.
package struct RowAssembler: ~Copyable {
  /// Where a column's next slot and value stand.
  private struct Place {
    var slot = 0
    var value = 0
  }

  private let batch: Batch
  private var places: [Place]
  private var row = 0
  /// The leaf that is read next within a row.
  private var leaf = 0

  /// Takes the batch over; none of its columns may have been taken out.
  package init(_ batch: consuming Batch) {
    places = [Place](repeating: Place(), count: batch.columnCount)
    self.batch = batch
  }

  /// The next row, a value for each field of the schema; nil after the last.
  ///
  /// Throws `malformed` where the columns' levels contradict one another.
  package mutating func next() throws(ReadError) -> [RowValue]? {
    guard row < batch.rows else { return nil }
    row += 1
    leaf = 0
    var values: [RowValue] = []
    for field in batch.schema.fields {
      values.append(try value(field, definition: 0, repetition: 0))
    }
    for index in places.indices where repetition(index) ?? 0 != 0 { throw Self.contradiction }
    return values
  }

  private static let contradiction = ReadError.malformed("levels that contradict one another")

  /// Reads a field whose parent is defined at `definition`, inside of `repetition` lists.
  private mutating func value(
    _ field: Field,
    definition: Int,
    repetition: Int
  ) throws(ReadError) -> RowValue {
    let level = definition + (field.nullable ? 1 : 0)
    guard field.type.hasLeaves else { return .null }
    guard try self.definition(leaf) >= level else {
      try skip(field)
      return .null
    }
    switch field.type {
    case .structure(let fields):
      var members: [(name: String, value: RowValue)] = []
      for field in fields {
        members.append((field.name, try value(field, definition: level, repetition: repetition)))
      }
      return .structure(members)
    case .list(let element):
      let first = leaf
      guard try self.definition(first) > level else {
        try skip(field)
        return .list([])
      }
      var items: [RowValue] = []
      repeat {
        leaf = first
        items.append(try value(element, definition: level + 1, repetition: repetition + 1))
      } while self.repetition(first) == repetition + 1
      return .list(items)
    case .map(let key, let element):
      let first = leaf
      guard try self.definition(first) > level else {
        try skip(field)
        return .structure([])
      }
      var members: [(name: String, value: RowValue)] = []
      repeat {
        leaf = first
        guard
          case .text(let name) = try value(key, definition: level + 1, repetition: repetition + 1)
        else { throw Self.contradiction }
        let value = try value(element, definition: level + 1, repetition: repetition + 1)
        members.append((name, value))
      } while self.repetition(first) == repetition + 1
      return .structure(members)
    default:
      let index = leaf
      let place = places[index]
      guard
        let value = batch.withColumn(
          index,
          { column -> RowValue? in
            place.value < column.count ? RowValue(column, at: place.value) : nil
          }
        )
      else { throw Self.contradiction }
      try advance()
      return value
    }
  }

  /// Passes the one slot that every leaf of an absent field has.
  private mutating func skip(_ field: Field) throws(ReadError) {
    for _ in Schema([field]).leaves { try advance() }
  }

  /// Passes the slot of the current leaf and goes on to the next leaf.
  private mutating func advance() throws(ReadError) {
    let index = leaf
    if try definition(index) == batch.withColumn(index, { Int($0.maxDefinition) }) {
      places[index].value += 1
    }
    places[index].slot += 1
    leaf += 1
  }

  private func definition(_ index: Int) throws(ReadError) -> Int {
    let slot = places[index].slot
    // SAFETY: the slot is held against the column's slots.
    let level = batch.withColumn(index) { column in
      slot < column.slots ? unsafe Int(column.definition[slot]) : -1
    }
    guard level >= 0 else { throw Self.contradiction }
    return level
  }

  /// The level of the next slot; 0 in a column that does not repeat, nil at its end.
  private func repetition(_ index: Int) -> Int? {
    let slot = places[index].slot
    // SAFETY: the slot is held against the column's slots.
    return batch.withColumn(index) { column in
      guard slot < column.slots else { return nil }
      return column.isRepeated ? unsafe Int(column.repetition[slot]) : 0
    }
  }
}
