import Columns

/// What a chunk takes in memory: byte strings, and how often each level occurs.
struct SizeStatistics: Equatable {
  var stringBytes: Int?
  /// Nil where it follows from the number of rows and nulls.
  var repetition: [Int]?
  var definition: [Int]?

  init(_ column: borrowing Column) {
    if column.storage == .bytes { stringBytes = column.heapSize }
    // SAFETY: levels do not exceed the leaf's greatest.
    if column.isRepeated {
      repetition = unsafe Self.histogram(column.repetition, Int(column.leaf.maxRepetition))
    }
    if column.maxDefinition > 1 {
      definition = unsafe Self.histogram(column.definition, Int(column.maxDefinition))
    }
  }

  private static func histogram(_ levels: UnsafeBufferPointer<UInt8>, _ max: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: max + 1)
    for index in levels.indices { unsafe counts[Int(levels[index])] += 1 }
    return counts
  }

  func write(to thrift: inout ThriftWriter) {
    if let stringBytes { thrift.i64(1, stringBytes) }
    for (id, counts) in [(Int16(2), repetition), (3, definition)] {
      guard let counts else { continue }
      thrift.list(id, of: .i64, count: counts.count)
      for count in counts { thrift.element(count) }
    }
  }
}
