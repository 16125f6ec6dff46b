import Columns

/// How a leaf's values lie in a file.
enum Physical: Hashable {
  case boolean
  case int32
  case int64
  case float
  case double
  case bytes
  case fixed(Int)

  /// The physical type of a leaf: decimals in their smallest form, times of a day in
  /// milliseconds in 32 bits, everything else as wide as in memory.
  init(_ type: ColumnType) {
    switch type {
    case .boolean: self = .boolean
    case .integer(let width): self = width.bits <= 32 ? .int32 : .int64
    case .float16: self = .fixed(2)
    case .float: self = .float
    case .double: self = .double
    case .decimal(let precision, _):
      self = precision <= 9 ? .int32 : precision <= 18 ? .int64 : .fixed(Self.length(precision))
    case .uuid: self = .fixed(16)
    case .date: self = .int32
    case .time(let unit): self = unit == .millis ? .int32 : .int64
    case .timestamp: self = .int64
    case .string, .json, .binary, .structure, .list, .map: self = .bytes
    }
  }

  /// The number in the Thrift enumeration `Type`.
  var number: Int {
    switch self {
    case .boolean: 0
    case .int32: 1
    case .int64: 2
    case .float: 4
    case .double: 5
    case .bytes: 6
    case .fixed: 7
    }
  }

  /// The bytes that one PLAIN value takes; nil for bits and byte strings.
  var width: Int? {
    switch self {
    case .boolean, .bytes: nil
    case .int32, .float: 4
    case .int64, .double: 8
    case .fixed(let length): length
    }
  }

  /// The fewest bytes that hold every decimal of `precision` digits, with its sign.
  static func length(_ precision: Int) -> Int {
    var limit: UInt128 = 1
    for _ in 0..<precision { limit *= 10 }
    return (UInt128.bitWidth - (limit - 1).leadingZeroBitCount + 1 + 7) / 8
  }
}
