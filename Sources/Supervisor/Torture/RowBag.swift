internal import JSON
internal import Wire

/// The rows that a plain glob over a destination shows, by table: how often there is each.
struct RowBag: Sendable {
  private(set) var tables: [String: [Key: Int]] = [:]

  /// 128 bits of a row: equal rows have equal ones, and others will not.
  struct Key: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(_ row: JSONObject) {
      var high: UInt64 = 0xCBF2_9CE4_8422_2325
      var low: UInt64 = 0x9E37_79B9_7F4A_7C15
      for byte in JSONValue.object(row).encoded().utf8 {
        high = (high ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        low = (low ^ UInt64(byte)) &* 0xFF51_AFD7_ED55_8CCD
        low ^= low >> 29
      }
      self.high = high
      self.low = low
    }
  }

  init() {}

  /// Reads every `*.parquet` below the tables' folders, as any reader would find them.
  init(_ destination: String, _ rows: ContractTest.Rows) throws(Failure) {
    for table in Paths.names(in: destination) where table != "_dativo" {
      var bag: [Key: Int] = [:]
      for path in Self.files(in: "\(destination)/\(table)") {
        try rows(try DataFile(path, try ContractData.local())) { (row) throws(Failure) in
          bag[Key(row), default: 0] += 1
          return true
        }
      }
      tables[table] = bag
    }
  }

  /// The rows of each table.
  var counts: [String: Int] { tables.mapValues { $0.values.reduce(0, +) } }

  /// How many rows of `whole` are not here, and how many are here too often.
  func compared(to whole: RowBag) -> (lost: Int, doubled: Int) {
    var lost = 0
    var doubled = 0
    for (table, bag) in whole.tables {
      for (key, count) in bag { lost += max(0, count - (tables[table]?[key] ?? 0)) }
    }
    for (table, bag) in tables {
      for (key, count) in bag { doubled += max(0, count - (whole.tables[table]?[key] ?? 0)) }
    }
    return (lost, doubled)
  }

  private static func files(in folder: String) -> [String] {
    Paths.names(in: folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      if Paths.isFolder(path) { return files(in: path) }
      return name.hasSuffix(".parquet") ? [path] : []
    }
  }
}
