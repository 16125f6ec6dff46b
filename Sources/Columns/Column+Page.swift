// Appending by the page, as files have it: all levels, then all values.
//
// SAFETY, for the whole file: room is made before each store, and stores stay inside it.

extension Column {
  /// Appends slots by their levels alone and returns how many values they want.
  ///
  /// Exactly as many must follow through `appendValues` or `append(value:)` before anything else
  /// is appended. No level may exceed the leaf's; `repetitions` is empty unless `isRepeated`.
  package mutating func appendSlots(
    definitions new: UnsafeBufferPointer<UInt8>,
    repetitions newRepetitions: UnsafeBufferPointer<UInt8>
  ) -> Int {
    guard let base = new.baseAddress else { return 0 }
    reserve(slots: slotCount + new.count)
    unsafe (definitions + slotCount).update(from: base, count: new.count)
    if isRepeated, let base = newRepetitions.baseAddress {
      precondition(newRepetitions.count == new.count)
      unsafe (repetitions + slotCount).update(from: base, count: new.count)
      for index in 0..<new.count where unsafe base[index] == 0 { repeatedRows += 1 }
    }
    var values = 0
    for index in 0..<new.count where unsafe base[index] == maxDefinition { values += 1 }
    slotCount += new.count
    return values
  }

  /// Appends `count` values of a fixed width that `write` stores; nothing if it throws.
  package mutating func appendValues<Failure: Error>(
    _ count: Int,
    _ write: (UnsafeMutableRawPointer) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(storage != .bytes)
    reserve(slots: valueCount + count)
    try unsafe write(valueBytes + valueCount * storage.width)
    valueCount += count
  }

  /// Appends one value of a `bytes` column, made of two parts.
  package mutating func append(
    value prefix: UnsafeRawBufferPointer,
    _ rest: UnsafeRawBufferPointer
  ) {
    precondition(storage == .bytes)
    reserve(slots: valueCount + 1)
    reserve(heap: prefix.count + rest.count)
    unsafe appendHeap(prefix)
    unsafe appendHeap(rest)
    unsafe valueBytes.storeBytes(
      of: UInt32(truncatingIfNeeded: heapCount),
      toByteOffset: valueCount * 4,
      as: UInt32.self
    )
    valueCount += 1
  }

  /// Appends every row of `other`, a column of the same leaf.
  mutating func append(rowsOf other: borrowing Column) {
    let slots = slotCount
    let heap = heapCount
    let count = unsafe appendSlots(definitions: other.definition, repetitions: other.repetition)
    precondition(count == other.valueCount && slotCount == slots + other.slotCount)
    guard storage == .bytes else {
      let size = count * storage.width
      let source = unsafe other.valueBytes
      unsafe appendValues(count) { unsafe $0.copyMemory(from: source, byteCount: size) }
      return
    }
    reserve(heap: other.heapCount)
    unsafe (heapBytes + heap).update(from: other.heapBytes, count: other.heapCount)
    heapCount += other.heapCount
    for index in 0..<count {
      unsafe valueBytes.storeBytes(
        of: other.ends[index] + UInt32(heap),
        toByteOffset: (valueCount + index) * 4,
        as: UInt32.self
      )
    }
    valueCount += count
  }

  private mutating func appendHeap(_ part: UnsafeRawBufferPointer) {
    guard let start = part.baseAddress else { return }
    unsafe UnsafeMutableRawPointer(heapBytes + heapCount).copyMemory(
      from: start,
      byteCount: part.count
    )
    heapCount += part.count
  }
}

extension Batch {
  /// Appends every row of `other`, whose leaves are the same.
  package mutating func append(rowsOf other: borrowing Batch) {
    precondition(taken == 0 && other.taken == 0, "columns were taken out of a batch")
    precondition(columnCount == other.columnCount)
    // SAFETY: no column has been taken from either.
    for index in 0..<columnCount {
      unsafe storage[index].append(rowsOf: other.storage[index])
    }
    rowCount += other.rowCount
    rowCapacity = rowCount
  }

  /// Counts the rows of columns that were filled page by page, which must all have as many.
  package mutating func setRows(_ rows: Int) {
    precondition(taken == 0, "columns were taken out of this batch")
    // SAFETY: no column has been taken.
    for index in 0..<columnCount { unsafe precondition(storage[index].rows == rows) }
    rowCount = rows
    rowCapacity = rows
  }
}
