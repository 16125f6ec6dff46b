/// The logical type of a column, before any file format has its say.
public indirect enum ColumnType: Hashable, Sendable {
  /// True or false.
  case boolean
  /// A whole number of the given width.
  case integer(IntegerWidth)
  /// A 16-bit IEEE 754 number; in memory one of 32 bits.
  case float16
  /// A 32-bit IEEE 754 number.
  case float
  /// A 64-bit IEEE 754 number.
  case double
  /// An exact decimal of at most 38 digits, `scale` of them after the point.
  case decimal(precision: Int, scale: Int)
  /// UTF-8 text.
  case string
  /// One JSON value, kept as its exact text.
  case json
  /// A UUID, sixteen bytes.
  case uuid
  /// Bytes.
  case binary
  /// Days since 1970-01-01.
  case date
  /// A time of day.
  case time(TimeUnit)
  /// A point in time; `utc` tells whether it is one, or a local reading of a clock.
  case timestamp(TimeUnit, utc: Bool)
  /// Named fields.
  case structure([Field])
  /// Any number of elements.
  case list(Field)
  /// Any number of values, each under a key of its own, which is text.
  case map(key: Field, value: Field)

  /// A map of `value` under keys of text.
  public static func map(_ value: Field) -> ColumnType {
    .map(key: Field("key", .string, nullable: false), value: value)
  }

  /// How a leaf of this type lies in memory; nil for a structure, a list or a map.
  public var storage: Storage? {
    switch self {
    case .boolean: .boolean
    case .integer(let width): width.bits <= 32 ? .int32 : .int64
    case .float16, .float: .float
    case .double: .double
    case .decimal(let precision, _): precision <= 18 ? .int64 : .int128
    case .string, .json, .binary: .bytes
    case .uuid: .fixed16
    case .date: .int32
    case .time, .timestamp: .int64
    case .structure, .list, .map: nil
    }
  }
}

/// The width and signedness of an integer column.
public enum IntegerWidth: String, Hashable, Sendable, CaseIterable {
  case i8, i16, i32, i64, u8, u16, u32, u64

  /// The number of bits.
  public var bits: Int {
    switch self {
    case .i8, .u8: 8
    case .i16, .u16: 16
    case .i32, .u32: 32
    case .i64, .u64: 64
    }
  }

  /// Whether negative numbers fit.
  public var isSigned: Bool {
    switch self {
    case .i8, .i16, .i32, .i64: true
    case .u8, .u16, .u32, .u64: false
    }
  }
}

/// The resolution of a time or timestamp column.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
  case millis, micros, nanos

  /// How many of this unit make one second.
  public var perSecond: Int64 {
    switch self {
    case .millis: 1_000
    case .micros: 1_000_000
    case .nanos: 1_000_000_000
    }
  }
}

/// How the values of one leaf column lie in memory.
public enum Storage: UInt8, Hashable, Sendable, CaseIterable {
  /// One byte per value, 0 or 1.
  case boolean
  /// `Int32`: dates and integers of at most 32 bits.
  case int32
  /// `Int64`: other integers, times, timestamps, decimals of at most 18 digits.
  case int64
  /// `Int128`: decimals of more than 18 digits.
  case int128
  /// `Float`.
  case float
  /// `Double`.
  case double
  /// `UInt32` end offsets into a heap of bytes.
  case bytes
  /// Sixteen bytes per value, in the order in which a UUID is written.
  case fixed16

  /// The bytes that one value takes in `values` (an end offset, for `bytes`).
  public var width: Int {
    switch self {
    case .boolean: 1
    case .int32, .float, .bytes: 4
    case .int64, .double: 8
    case .int128, .fixed16: 16
    }
  }
}
