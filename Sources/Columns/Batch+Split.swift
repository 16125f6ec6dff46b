extension Batch {
  /// Removes every row from `row` on and returns them as a batch of their own.
  ///
  /// Costs one pass over the levels and a copy of what is moved.
  public mutating func split(atRow row: Int) -> Batch {
    precondition(taken == 0, "columns were taken out of this batch")
    var rest = Batch(schema, rowCapacity: max(rowCount - row, 0))
    guard row < rowCount else { return rest }
    for index in 0..<columnCount {
      // SAFETY: both batches have the same columns, all initialised.
      unsafe storage[index].copyRows(from: row, to: &rest.storage[index])
    }
    rest.rowCount = rowCount - row
    truncate(toRows: row)
    return rest
  }
}

extension Column {
  /// Appends every row from `row` on to `other`, an empty column of the same leaf.
  func copyRows(from row: Int, to other: inout Column) {
    let (slot, value) = position(ofRow: row)
    let slots = slotCount - slot
    let values = valueCount - value
    other.reserve(slots: slots)
    // SAFETY: `other` has room for `slots` slots, hence for as many values; both levels and values
    // from the position on are initialised here.
    unsafe other.definitions.update(from: definitions + slot, count: slots)
    if isRepeated { unsafe other.repetitions.update(from: repetitions + slot, count: slots) }
    let width = storage.width
    unsafe other.valueBytes.copyMemory(
      from: valueBytes + value * width,
      byteCount: values * width
    )
    other.slotCount = slots
    other.valueCount = values
    other.repeatedRows = isRepeated ? repeatedRows - row : 0
    guard storage == .bytes else { return }
    let start = value == 0 ? 0 : Int(unsafe ends[value - 1])
    other.reserve(heap: heapCount - start)
    unsafe other.heapBytes.update(from: heapBytes + start, count: heapCount - start)
    other.heapCount = heapCount - start
    let moved = unsafe other.valueBytes.assumingMemoryBound(to: UInt32.self)
    for index in 0..<values { unsafe moved[index] -= UInt32(start) }
  }

  /// The slot at which row `row` begins, and how many values lie before it.
  private func position(ofRow row: Int) -> (slot: Int, value: Int) {
    var slot = row
    if isRepeated {
      // SAFETY: levels are read below `slotCount` only.
      slot = 0
      var rows = 0
      while slot < slotCount {
        if unsafe repetitions[slot] == 0 {
          if rows == row { break }
          rows += 1
        }
        slot += 1
      }
    }
    var value = 0
    for index in 0..<slot where unsafe definitions[index] == maxDefinition { value += 1 }
    return (slot, value)
  }
}
