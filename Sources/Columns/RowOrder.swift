/// The order of a batch's rows by the values of some of its columns.
public enum RowOrder {
  /// One value of a column, so that values of one type compare as numbers or as bytes.
  private enum Keys {
    case numbers([Int128?])
    case texts([[UInt8]?])
  }

  /// The leaf that `name`, a column's or a dotted path, means in `schema`; nil where there is no
  /// such leaf with one value a row.
  public static func leaf(_ name: String, in schema: Schema) -> Int? {
    // By bytes: `==` would also accept another Unicode normalisation.
    schema.leaves.firstIndex {
      $0.maxRepetition == 0 && $0.path.joined(separator: ".").utf8.elementsEqual(name.utf8)
    }
  }

  /// The numbers of the rows, sorted by the leaves in `keys`; equal rows stay in their order.
  ///
  /// Nulls come first, in descending order last. NaN is above every number, text goes by its bytes.
  public static func rows(
    _ batch: borrowing Batch,
    by keys: [(leaf: Int, isDescending: Bool)]
  ) -> [UInt32] {
    var columns: [(keys: Keys, isDescending: Bool)] = []
    for key in keys {
      columns.append((batch.withColumn(key.leaf) { values($0) }, key.isDescending))
    }
    return (0..<UInt32(batch.rows)).sorted { left, right in
      for column in columns {
        let order = compare(column.keys, Int(left), Int(right))
        if order != 0 { return column.isDescending ? order > 0 : order < 0 }
      }
      return left < right
    }
  }

  private static func compare(_ keys: Keys, _ left: Int, _ right: Int) -> Int {
    switch keys {
    case .numbers(let values):
      guard let one = values[left] else { return values[right] == nil ? 0 : -1 }
      guard let other = values[right] else { return 1 }
      return one == other ? 0 : (one < other ? -1 : 1)
    case .texts(let values):
      guard let one = values[left] else { return values[right] == nil ? 0 : -1 }
      guard let other = values[right] else { return 1 }
      return one == other ? 0 : (one.lexicographicallyPrecedes(other) ? -1 : 1)
    }
  }

  private static func values(_ column: borrowing Column) -> Keys {
    if column.storage == .bytes {
      return .texts(slots(column) { place, column in unsafe Array(column.bytes(at: place)) })
    }
    return .numbers(slots(column) { place, column in number(column, place) })
  }

  private static func slots<Value>(
    _ column: borrowing Column,
    _ value: (Int, borrowing Column) -> Value
  ) -> [Value?] {
    var values: [Value?] = []
    values.reserveCapacity(column.slots)
    var place = 0
    let definition = unsafe column.definition
    for slot in 0..<column.slots {
      // SAFETY: the slot is below the number of levels.
      if unsafe definition[slot] == column.maxDefinition {
        values.append(value(place, column))
        place += 1
      } else {
        values.append(nil)
      }
    }
    return values
  }

  private static func number(_ column: borrowing Column, _ place: Int) -> Int128 {
    // SAFETY: each type is that of the storage, the place below the number of values.
    switch column.storage {
    case .boolean: return unsafe Int128(column.values(as: UInt8.self)[place])
    case .int32:
      return column.leaf.type.isUnsigned
        ? unsafe Int128(column.values(as: UInt32.self)[place])
        : unsafe Int128(column.values(as: Int32.self)[place])
    case .int64:
      return column.leaf.type.isUnsigned
        ? unsafe Int128(column.values(as: UInt64.self)[place])
        : unsafe Int128(column.values(as: Int64.self)[place])
    case .int128: return unsafe column.values(as: Int128.self)[place]
    case .fixed16:
      let bits = unsafe UInt128(bigEndian: column.values(as: UInt128.self)[place])
      return Int128(bitPattern: bits ^ (1 << 127))
    case .float: return ordered(unsafe Double(column.values(as: Float.self)[place]))
    case .double: return ordered(unsafe column.values(as: Double.self)[place])
    case .bytes: return 0
    }
  }

  /// The bits of a number such that they compare as the numbers do.
  private static func ordered(_ value: Double) -> Int128 {
    if value.isNaN { return .max }
    let bits = Int64(bitPattern: (value == 0 ? 0 : value).bitPattern)
    return Int128(bits < 0 ? .min &- bits : bits)
  }
}

extension ColumnType {
  /// Whether the type is an integer that has no sign.
  public var isUnsigned: Bool {
    if case .integer(let width) = self { !width.isSigned } else { false }
  }
}
