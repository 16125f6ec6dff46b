import Columns

/// Whether what a file of another writer calls text is text.
enum TextCheck {
  /// The path of the first column of text with a value that is not UTF-8; nil if all are.
  static func invalidColumn(_ batch: borrowing Batch) -> String? {
    for (place, leaf) in batch.schema.leaves.enumerated()
    where leaf.type == .string || leaf.type == .json {
      let isValid = batch.withColumn(place) { Self.isValid($0) }
      if !isValid { return leaf.path.joined(separator: ".") }
    }
    return nil
  }

  /// Values are UTF-8 where all of them together are, and none begins inside of a character.
  private static func isValid(_ column: borrowing Column) -> Bool {
    // SAFETY: the heap is only read, and ends lie inside of it.
    let heap = unsafe column.heap
    guard unsafe String(validating: heap, as: UTF8.self) != nil else { return false }
    return unsafe column.ends.allSatisfy { end in
      unsafe Int(end) >= heap.count || heap[Int(end)] & 0xC0 != 0x80
    }
  }
}
