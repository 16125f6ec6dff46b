import Columns

extension FooterReader {
  /// One node of the schema.
  package struct Element: Sendable, Equatable {
    /// The name.
    package var name = ""
    /// The number in Parquet's enumeration of physical types; nil for a group.
    package var type: Int?
    /// The bytes of a value of a fixed length.
    package var length: Int?
    /// 0 required, 1 optional, 2 repeated.
    package var repetition = 0
    /// The nodes directly below.
    package var children = 0
    /// The field id.
    package var id: Int?
    /// The meaning of the values, or of the group.
    var logical = LogicalType.none
    /// The older form of the same, where there is no newer one.
    var converted: Int?
    var scale = 0
    var precision = 0

    init(_ thrift: inout ThriftReader) throws(ReadError) {
      try thrift.structure { (thrift, id, kind) throws(ReadError) in
        switch (id, kind) {
        case (1, 5): type = try thrift.number()
        case (2, 5): length = try thrift.number()
        case (3, 5): repetition = try thrift.number()
        case (4, 8): name = try thrift.text()
        case (5, 5): children = try thrift.number()
        case (6, 5): converted = try thrift.number()
        case (7, 5): scale = try thrift.number()
        case (8, 5): precision = try thrift.number()
        case (9, 5): self.id = try thrift.number()
        case (10, 12): logical = try LogicalType(&thrift)
        default: return false
        }
        return true
      }
    }
  }

  /// The Thrift union `LogicalType`, as far as we know it.
  enum LogicalType: Sendable, Equatable {
    /// No meaning beside the physical type's.
    case none
    case string, map, list, date, json, uuid, float16
    case decimal(precision: Int, scale: Int)
    case time(TimeUnit, utc: Bool)
    case timestamp(TimeUnit, utc: Bool)
    case integer(bits: Int, signed: Bool)
    /// A member of that number, which we do not read.
    case other(Int)
  }
}

extension FooterReader.LogicalType {
  init(_ thrift: inout ThriftReader) throws(ReadError) {
    var result = Self.none
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      guard kind == 12 else { return false }
      result = try Self.member(id, &thrift)
      return true
    }
    self = result
  }

  private static func member(_ id: Int, _ thrift: inout ThriftReader) throws(ReadError) -> Self {
    var first = 0
    var second = 0
    var flag = false
    var unit = TimeUnit.millis
    try thrift.structure { (thrift, field, kind) throws(ReadError) in
      switch (field, kind) {
      case (1, 5): first = try thrift.number()
      case (2, 5): second = try thrift.number()
      case (1, 3): first = Int(try thrift.byte())
      case (1, 1), (2, 1): flag = true
      case (2, 12): unit = try Self.unit(&thrift)
      default: return false
      }
      return true
    }
    return switch id {
    case 1: .string
    case 2: .map
    case 3: .list
    case 5: .decimal(precision: second, scale: first)
    case 6: .date
    case 7: .time(unit, utc: flag)
    case 8: .timestamp(unit, utc: flag)
    case 10: .integer(bits: first, signed: flag)
    case 12: .json
    case 14: .uuid
    case 15: .float16
    default: .other(id)
    }
  }

  private static func unit(_ thrift: inout ThriftReader) throws(ReadError) -> TimeUnit {
    var unit: TimeUnit?
    try thrift.structure { (_, id, _) throws(ReadError) in
      unit = [1: .millis, 2: .micros, 3: .nanos][id]
      return false
    }
    guard let unit else { throw .unsupported("a time of an unknown unit") }
    return unit
  }
}
