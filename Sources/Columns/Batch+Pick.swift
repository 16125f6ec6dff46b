extension Batch {
  /// Appends rows of `other`, in the order in which `rows` names them.
  ///
  /// `leaves` tells which leaf of `other` each column here takes, nil for the same ones; `places`
  /// are those of `other`.
  public mutating func append(
    _ other: borrowing Batch,
    rows: [UInt32],
    _ places: RowPlaces,
    leaves: [Int]? = nil
  ) {
    precondition(taken == 0, "columns were taken out of this batch")
    if rowCount + rows.count > rowCapacity {
      growRows(to: max(rowCount + rows.count, rowCapacity * 2))
    }
    for index in 0..<columnCount {
      let leaf = leaves?[index] ?? index
      other.withColumn(leaf) { column in
        // SAFETY: no column has been taken.
        unsafe storage[index].append(column, rows: rows, places.columns[leaf])
      }
    }
    rowCount += rows.count
  }

  /// The rows that `rows` names, in that order.
  public func picked(_ rows: [UInt32]) -> Batch {
    var batch = Batch(schema, rowCapacity: rows.count)
    batch.append(self, rows: rows, RowPlaces(self))
    return batch
  }
}

// SAFETY, for the whole extension: places are inside `other`; room is made before each copy.
extension Column {
  mutating func append(_ other: borrowing Column, rows: [UInt32], _ places: RowPlaces.Places) {
    if places.slots.isEmpty {
      reserve(slots: slotCount + rows.count)
      unsafe (definitions + slotCount).update(repeating: maxDefinition, count: rows.count)
      slotCount += rows.count
      if storage == .bytes {
        for row in rows { appendHeap(other, Int(row)..<Int(row) + 1) }
      } else {
        appendDense(other, rows)
      }
      return
    }
    for row in rows {
      let slots = places.slots(of: Int(row))
      let values = places.values(of: Int(row))
      reserve(slots: slotCount + slots.count)
      unsafe (definitions + slotCount).update(
        from: other.definitions + slots.lowerBound,
        count: slots.count
      )
      if isRepeated {
        unsafe (repetitions + slotCount).update(
          from: other.repetitions + slots.lowerBound,
          count: slots.count
        )
        repeatedRows += 1
      }
      slotCount += slots.count
      if storage == .bytes {
        appendHeap(other, values)
      } else {
        let width = storage.width
        unsafe (valueBytes + valueCount * width).copyMemory(
          from: other.valueBytes + values.lowerBound * width,
          byteCount: values.count * width
        )
        valueCount += values.count
      }
    }
  }

  /// Appends the values at `rows` of a column that has one for each row.
  private mutating func appendDense(_ other: borrowing Column, _ rows: [UInt32]) {
    switch storage.width {
    case 1: copy(other, rows, as: UInt8.self)
    case 4: copy(other, rows, as: UInt32.self)
    case 8: copy(other, rows, as: UInt64.self)
    default: copy(other, rows, as: UInt128.self)
    }
    valueCount += rows.count
  }

  private mutating func copy<Value: BitwiseCopyable>(
    _ other: borrowing Column,
    _ rows: [UInt32],
    as type: Value.Type
  ) {
    let from = unsafe other.valueBytes.assumingMemoryBound(to: type)
    let to = unsafe valueBytes.assumingMemoryBound(to: type) + valueCount
    for (index, row) in rows.enumerated() { unsafe to[index] = from[Int(row)] }
  }

  private mutating func appendHeap(_ other: borrowing Column, _ values: Range<Int>) {
    let from = unsafe other.valueBytes.assumingMemoryBound(to: UInt32.self)
    let to = unsafe valueBytes.assumingMemoryBound(to: UInt32.self)
    for value in values {
      let start = value == 0 ? 0 : Int(unsafe from[value - 1])
      let count = unsafe Int(from[value]) - start
      if heapCount + count > heapCapacity { reserve(heap: count) }
      unsafe (heapBytes + heapCount).update(from: other.heapBytes + start, count: count)
      heapCount += count
      unsafe to[valueCount] = UInt32(heapCount)
      valueCount += 1
    }
  }
}
