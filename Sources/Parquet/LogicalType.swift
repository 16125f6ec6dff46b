import Columns

extension ColumnType {
  /// The number in the Thrift enumeration `ConvertedType`, for readers older than logical types.
  var convertedType: Int? {
    switch self {
    case .string: 0
    case .decimal: 5
    case .date: 6
    case .timestamp(.millis, utc: true): 9
    case .timestamp(.micros, utc: true): 10
    case .integer(let width): (width.isSigned ? 15 : 11) + width.bits.trailingZeroBitCount - 3
    case .json: 19
    default: nil
    }
  }

  var hasLogicalType: Bool {
    switch self {
    case .boolean, .float, .double, .binary, .structure, .list, .map: false
    default: true
    }
  }

  /// Writes the member of the Thrift union `LogicalType`.
  func writeLogicalType(to thrift: inout ThriftWriter) {
    switch self {
    case .string: thrift.structure(1)
    case .decimal(let precision, let scale):
      thrift.structure(5) {
        $0.i32(1, scale)
        $0.i32(2, precision)
      }
    case .date: thrift.structure(6)
    // A reading of a clock: converted types know only times in UTC, so there is none for it.
    case .time(let unit): Self.write(7, unit, utc: false, to: &thrift)
    case .timestamp(let unit, let utc): Self.write(8, unit, utc: utc, to: &thrift)
    case .integer(let width):
      thrift.structure(10) {
        $0.i8(1, Int8(width.bits))
        $0.bool(2, width.isSigned)
      }
    case .json: thrift.structure(12)
    case .uuid: thrift.structure(14)
    case .float16: thrift.structure(15)
    case .boolean, .float, .double, .binary, .structure, .list, .map: break
    }
  }

  private static func write(
    _ id: Int16,
    _ unit: TimeUnit,
    utc: Bool,
    to thrift: inout ThriftWriter
  ) {
    thrift.structure(id) {
      $0.bool(1, utc)
      $0.structure(2) {
        switch unit {
        case .millis: $0.structure(1)
        case .micros: $0.structure(2)
        case .nanos: $0.structure(3)
        }
      }
    }
  }
}
