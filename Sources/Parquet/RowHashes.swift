package import Columns

// SAFETY, for the whole file: values are read with the type that the storage names, below the
// column's `count`, levels below its `slots`.

/// A hash of each row of a batch: of the values that it has in the columns that were added.
///
/// Equal values of columns of one name give equal hashes, whatever the width of their type: 1 as an
/// i32, an i64, a double, or as the decimal 1.00. A null adds nothing, so that a row keeps its hash
/// when its table gets another column. The order of the columns does not matter. Hashes of two
/// seeds are independent of one another.
package struct RowHashes: Sendable {
  /// One hash for each row.
  package private(set) var hashes: [UInt64]
  private let seed: UInt64

  /// Begins with `rows` rows without values.
  package init(rows: Int, seed: UInt64 = 0) {
    hashes = [UInt64](repeating: seed, count: rows)
    self.seed = Self.mixed(seed, 0x9E37_79B9_7F4A_7C15)
  }

  /// Takes in the values of a column that has as many rows.
  package mutating func add(_ column: borrowing Column) {
    let salt = column.leaf.path.reduce(seed) { salt, name in
      Self.hash(Array(name.utf8), Self.mixed(salt, 0x2F))
    }
    switch column.storage {
    case .boolean:
      let values = unsafe column.values(as: UInt8.self)
      each(column, salt) { unsafe Self.mixed(UInt64(values[$0]), salt ^ Kind.boolean.rawValue) }
    case .int32:
      let values = unsafe column.values(as: Int32.self)
      let number = Number(column.leaf.type)
      let isUnsigned = column.leaf.type.isUnsigned
      each(column, salt) { place in
        let value = unsafe values[place]
        return number.hash(isUnsigned ? Int64(UInt32(bitPattern: value)) : Int64(value), salt)
      }
    case .int64:
      let values = unsafe column.values(as: Int64.self)
      let number = Number(column.leaf.type)
      let isUnsigned = column.leaf.type.isUnsigned
      each(column, salt) { place in
        let value = unsafe values[place]
        // Beyond Int64 an unsigned number is none that a signed column has.
        return isUnsigned && value < 0
          ? Self.mixed(UInt64(bitPattern: value), salt ^ Kind.large.rawValue)
          : number.hash(value, salt)
      }
    case .int128:
      let values = unsafe column.values(as: Int128.self)
      let number = Number(column.leaf.type)
      each(column, salt) { unsafe number.hash(values[$0], salt) }
    case .float:
      let values = unsafe column.values(as: Float.self)
      each(column, salt) { unsafe Number.hash(Double(values[$0]), salt) }
    case .double:
      let values = unsafe column.values(as: Double.self)
      each(column, salt) { unsafe Number.hash(values[$0], salt) }
    case .fixed16:
      let values = unsafe column.values(as: UInt128.self)
      each(column, salt) { place in
        let value = unsafe values[place]
        let low = Self.mixed(UInt64(truncatingIfNeeded: value), salt)
        return Self.mixed(UInt64(truncatingIfNeeded: value >> 64), low)
      }
    case .bytes:
      each(column, salt) { unsafe Self.hash(column.bytes(at: $0), salt) }
    }
  }

  /// Takes in a text for each row, by its number in `texts`.
  package mutating func add(_ texts: [String], _ numbers: [Int]) {
    let words = texts.map { Self.hash(Array($0.utf8), seed) }
    for row in hashes.indices { hashes[row] &+= words[numbers[row]] }
  }

  /// Adds to each row what its values in `column` give; `hash` is asked by a value's place.
  @inline(__always)
  private mutating func each(
    _ column: borrowing Column,
    _ salt: UInt64,
    _ hash: (Int) -> UInt64
  ) {
    if column.isRepeated { return eachOfLists(column, salt, hash) }
    if column.count == column.slots {
      for row in 0..<column.slots { hashes[row] &+= hash(row) }
      return
    }
    let definition = unsafe column.definition
    var place = 0
    for row in 0..<column.slots {
      let level = unsafe definition[row]
      if level == column.maxDefinition {
        hashes[row] &+= hash(place)
        place += 1
      } else if level > 0 {
        hashes[row] &+= Self.mixed(UInt64(level), salt ^ Kind.absent.rawValue)
      }
    }
  }

  private mutating func eachOfLists(
    _ column: borrowing Column,
    _ salt: UInt64,
    _ hash: (Int) -> UInt64
  ) {
    let definition = unsafe column.definition
    let repetition = unsafe column.repetition
    var row = -1
    var place = 0
    var sum: UInt64 = 0
    for slot in 0..<column.slots {
      let level = unsafe definition[slot]
      let depth = unsafe repetition[slot]
      if depth == 0 {
        if row >= 0 { hashes[row] &+= sum }
        row += 1
        sum = 0
      }
      if level == column.maxDefinition {
        sum = Self.mixed(sum &+ hash(place), salt &+ UInt64(depth))
        place += 1
      } else if level > 0 {
        sum = Self.mixed(sum &+ UInt64(level), salt ^ Kind.absent.rawValue &+ UInt64(depth))
      }
    }
    if row >= 0 { hashes[row] &+= sum }
  }

  /// What keeps equal words of different meanings apart.
  private enum Kind: UInt64 {
    case boolean = 0x11
    case large = 0x22
    case absent = 0x33
    case fraction = 0x44
    case decimal = 0x55
  }

  @inline(__always)
  private static func mixed(_ word: UInt64, _ salt: UInt64) -> UInt64 {
    var state = (word ^ salt) &* 0xA076_1D64_78BD_642F
    state = (state ^ state >> 32) &* 0xE703_7ED1_A0B4_28DB
    state = (state ^ state >> 29) &* 0x8EBC_6AF0_9C88_C6E3
    return state ^ state >> 32
  }

  private static func hash(_ bytes: [UInt8], _ salt: UInt64) -> UInt64 {
    unsafe bytes.withUnsafeBufferPointer { unsafe hash($0, salt) }
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ salt: UInt64) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var state = mixed(UInt64(raw.count), salt)
    var offset = 0
    while offset + 8 <= raw.count {
      state = mixed(unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self), state)
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < raw.count {
      rest = rest << 8 | UInt64(unsafe raw[offset])
      offset += 1
    }
    return mixed(rest, state)
  }

  /// How the numbers of a type are hashed: by what they are, not by how they lie in memory.
  private struct Number {
    private let scale: Int
    /// The type of a time, whose numbers are no plain ones.
    private let unit: UInt64

    init(_ type: ColumnType) {
      if case .decimal(_, let scale) = type { self.scale = scale } else { scale = 0 }
      switch type {
      case .date: unit = 0x100
      case .time(let resolution): unit = 0x200 ^ UInt64(resolution.perSecond)
      case .timestamp(let resolution, _): unit = 0x400 ^ UInt64(resolution.perSecond)
      default: unit = 0
      }
    }

    @inline(__always)
    func hash(_ value: Int64, _ salt: UInt64) -> UInt64 {
      if scale > 0 { return hash(Int128(value), salt) }
      return mixed(UInt64(bitPattern: value), salt ^ unit)
    }

    func hash(_ value: Int128, _ salt: UInt64) -> UInt64 {
      var value = value
      var places = scale
      while places > 0, value % 10 == 0 {
        value /= 10
        places -= 1
      }
      if places == 0, let small = Int64(exactly: value) {
        return mixed(UInt64(bitPattern: small), salt)
      }
      let low = mixed(UInt64(truncatingIfNeeded: value), salt ^ Kind.decimal.rawValue)
      return mixed(UInt64(truncatingIfNeeded: value >> 64), low &+ UInt64(places))
    }

    static func hash(_ value: Double, _ salt: UInt64) -> UInt64 {
      if let whole = Int64(exactly: value) { return mixed(UInt64(bitPattern: whole), salt) }
      return mixed(value.bitPattern, salt ^ Kind.fraction.rawValue)
    }
  }
}
