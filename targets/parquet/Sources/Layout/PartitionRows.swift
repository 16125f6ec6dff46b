import Columns
import JSON

/// Which folder each row of a batch belongs to.
struct PartitionRows {
  /// The folders, below the table's, in the order of their first rows, with their rows.
  private(set) var folders: [(path: String, rows: [UInt32])]

  init(_ batch: borrowing Batch, _ partitioning: Partitioning) {
    var numbers = [Int](repeating: 0, count: batch.rows)
    var paths = [""]
    let leaves = batch.schema.leaves
    for key in partitioning.keys {
      guard let leaf = leaves.firstIndex(where: { $0.path[0].hasSameBytes(as: key.column) }) else {
        continue
      }
      let values = batch.withColumn(leaf) { Values($0, leaves[leaf].type, key.unit) }
      // The pairs of a folder so far and a value that occur, numbered anew.
      var pairs: [Int: Int] = [:]
      var deeper: [String] = []
      for row in numbers.indices {
        let value = values.numbers[row]
        let pair = numbers[row] * values.texts.count + value
        if let known = pairs[pair] {
          numbers[row] = known
          continue
        }
        let folder = PartitionText.folder(key.name, values.texts[value])
        let path = paths[numbers[row]]
        pairs[pair] = deeper.count
        numbers[row] = deeper.count
        deeper.append(path.isEmpty ? folder : "\(path)/\(folder)")
      }
      paths = deeper
    }
    folders = paths.map { ($0, []) }
    for (row, number) in numbers.enumerated() { folders[number].rows.append(UInt32(row)) }
  }

  /// For each of the batch's `rows` the number of its folder.
  func numbers(rows: Int) -> [Int] {
    var numbers = [Int](repeating: 0, count: rows)
    for (number, folder) in folders.enumerated() {
      for row in folder.rows { numbers[Int(row)] = number }
    }
    return numbers
  }

  /// Leaves out the rows that `isWanted` has not, and folders that have no others.
  mutating func keep(_ isWanted: [Bool]) {
    for place in folders.indices { folders[place].rows.removeAll { !isWanted[Int($0)] } }
    folders.removeAll { $0.rows.isEmpty }
  }
}

/// The values of one partition column, numbered.
private struct Values {
  /// For each row the number of its text.
  var numbers: [Int] = []
  /// Each text once; nil is null.
  var texts: [String?] = []

  init(_ column: borrowing Column, _ type: ColumnType, _ unit: Partitioning.Unit?) {
    numbers.reserveCapacity(column.slots)
    switch column.storage {
    case .bytes:
      var seen: [[UInt8]: Int] = [:]
      number(column) { place, texts in
        // SAFETY: the place is below the number of values.
        let bytes = unsafe Array(column.bytes(at: place))
        return seen.number(of: bytes, &texts) { String(decoding: bytes, as: UTF8.self) }
      }
    default:
      var seen: [Int128: Int] = [:]
      number(column) { place, texts in
        let value = Self.value(column, at: place)
        let bucket = unit.map { Int128(PartitionText.bucket(Int64(value), type, $0)) } ?? value
        return seen.number(of: bucket, &texts) { PartitionText.text(column, at: place, unit) }
      }
      // Days of one month are numbers of their own until here.
      unite()
    }
  }

  private mutating func number(
    _ column: borrowing Column,
    _ body: (Int, inout [String?]) -> Int
  ) {
    let definition = unsafe column.definition
    var null: Int?
    var place = 0
    for slot in 0..<column.slots {
      // SAFETY: the slot is below the number of levels.
      if unsafe definition[slot] == column.maxDefinition {
        numbers.append(body(place, &texts))
        place += 1
      } else {
        let number = null ?? texts.count
        if null == nil { texts.append(nil) }
        null = number
        numbers.append(number)
      }
    }
  }

  private mutating func unite() {
    var seen: [String?: Int] = [:]
    var united: [String?] = []
    let places = texts.map { text in
      if let known = seen[text] { return known }
      seen[text] = united.count
      united.append(text)
      return united.count - 1
    }
    guard united.count < texts.count else { return }
    texts = united
    for row in numbers.indices { numbers[row] = places[numbers[row]] }
  }

  private static func value(_ column: borrowing Column, at place: Int) -> Int128 {
    // SAFETY: each type is that of the storage, the place below the number of values.
    switch column.storage {
    case .boolean: unsafe Int128(column.values(as: UInt8.self)[place])
    case .int32:
      column.leaf.type.isUnsigned
        ? unsafe Int128(column.values(as: UInt32.self)[place])
        : unsafe Int128(column.values(as: Int32.self)[place])
    case .int64:
      column.leaf.type.isUnsigned
        ? unsafe Int128(column.values(as: UInt64.self)[place])
        : unsafe Int128(column.values(as: Int64.self)[place])
    case .int128: unsafe column.values(as: Int128.self)[place]
    case .fixed16:
      unsafe Int128(bitPattern: UInt128(bigEndian: column.values(as: UInt128.self)[place]))
    case .float, .double, .bytes: 0
    }
  }
}

extension Dictionary where Value == Int {
  fileprivate mutating func number(
    of key: Key,
    _ texts: inout [String?],
    _ text: () -> String
  ) -> Int {
    if let known = self[key] { return known }
    self[key] = texts.count
    texts.append(text())
    return texts.count - 1
  }
}
