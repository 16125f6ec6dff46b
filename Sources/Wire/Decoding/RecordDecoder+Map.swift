import Columns
import JSON

// SAFETY, for the whole file: as in RecordDecoder.swift.

extension RecordDecoder {
  /// Decodes an object with any keys: an entry for each, key and value.
  ///
  /// Returns nil, with `foundDuplicate`, where a key stands twice.
  mutating func map(
    _ index: Int,
    _ start: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x7D {
      unsafe fillNull(index, node.definition, repetition, columns)
      return unsafe p + 1
    }
    var keys = unsafe MapKeys(columns[node.leaf])
    var level = repetition
    while true {
      guard unsafe p < end, unsafe p.pointee == 0x22 else {
        throw unsafe JSONFault(.unexpectedByte, remaining: end - p)
      }
      guard let key = unsafe try value(node.child, p, end, level, columns) else { return nil }
      if unsafe keys.hasRepeated(columns[node.leaf]) {
        foundDuplicate = true
        return nil
      }
      unsafe p = unsafe try Self.afterColon(key, end)
      guard let next = unsafe try value(node.child + 1, p, end, level, columns) else { return nil }
      level = node.repetition
      unsafe p = unsafe JSONScanner.skipBlanks(next, end)
      if unsafe p < end, unsafe p.pointee == 0x7D { return unsafe p + 1 }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// Decodes a map in which a key may stand twice: finds the last value of each, then decodes.
  mutating func mapCarefully(
    _ index: Int,
    _ start: Position,
    _ end: Position,
    _ repetition: UInt8,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    var entries = unsafe [(key: Position, value: Position)]()
    var places: [[UInt8]: Int] = [:]
    var p = unsafe JSONScanner.skipBlanks(start + 1, end)
    while unsafe p < end, unsafe p.pointee != 0x7D {
      let key = unsafe p
      let after = unsafe try JSONScanner.skipValue(key, end)
      let text = unsafe Array(UnsafeBufferPointer(start: key, count: after - key))
      let name = (try? JSONValue.parse(text))?.string.map { Array($0.utf8) }
      guard unsafe key.pointee == 0x22, let name else {
        throw unsafe JSONFault(.unexpectedByte, remaining: end - key)
      }
      let value = unsafe try Self.afterColon(after, end)
      if let place = places[name] {
        unsafe entries[place].value = unsafe value
      } else {
        places[name] = unsafe entries.count
        unsafe entries.append((key, value))
      }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.skipValueOnLine(value, end), end)
      if unsafe p < end, unsafe p.pointee == 0x7D { break }
      unsafe p = unsafe JSONScanner.skipBlanks(try JSONScanner.expect(0x2C, p, end), end)
    }
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    if unsafe entries.isEmpty { unsafe fillNull(index, node.definition, repetition, columns) }
    var level = repetition
    for place in unsafe entries.indices {
      let (key, last) = unsafe entries[place]
      guard unsafe try value(node.child, key, end, level, columns) != nil,
        unsafe try valueCarefully(node.child + 1, last, end, level, columns) != nil
      else { return nil }
      level = node.repetition
    }
    return unsafe p + 1
  }

  private static func afterColon(
    _ p: Position,
    _ end: Position
  ) throws(JSONFault) -> Position {
    unsafe JSONScanner.skipBlanks(
      try JSONScanner.expect(0x3A, JSONScanner.skipBlanks(p, end), end),
      end
    )
  }
}

/// The keys of one map so far, as they stand at the end of their column.
private struct MapKeys {
  private let first: Int
  /// All keys but the last, once they are too many to be compared one by one.
  private var many: Set<[UInt8]> = []

  init(_ keys: borrowing Column) { first = keys.count }

  /// Whether the last key of the column is one of this map's before it.
  mutating func hasRepeated(_ keys: borrowing Column) -> Bool {
    let last = keys.count - 1
    guard last > first else { return false }
    // SAFETY: every place is below the column's count.
    if last - first > 16 {
      if many.isEmpty {
        for place in first..<last { unsafe many.insert(Array(keys.bytes(at: place))) }
      }
      let key = unsafe Array(keys.bytes(at: last))
      return !many.insert(key).inserted
    }
    let key = unsafe keys.bytes(at: last)
    return (first..<last).contains { place in unsafe keys.bytes(at: place).elementsEqual(key) }
  }
}
