import Columns

extension ColumnType {
  var isDecimal: Bool {
    if case .decimal = self { true } else { false }
  }

  /// Whether a column of this type can take every value of `other` without loss, or, of a
  /// floating-point type, finds out when it cannot.
  func holds(_ other: ColumnType) -> Bool {
    switch (self, other) {
    case _ where self == other: true
    case (.integer(let wide), .integer(let narrow)):
      wide.isSigned == narrow.isSigned
        ? wide.bits >= narrow.bits : wide.isSigned && wide.bits > narrow.bits
    case (.decimal(let precision, let scale), .integer(let width)):
      precision - scale >= width.digits
    case (.decimal(let precision, let scale), .decimal(let other, let otherScale)):
      scale >= otherScale && precision - scale >= other - otherScale
    case (.double, .integer), (.double, .float), (.double, .float16), (.float, .float16): true
    case (.timestamp(let unit, let utc), .timestamp(let other, let otherUTC)):
      utc == otherUTC && unit == .micros && other == .millis
    case (.json, .map): true
    case (.string, let scalar): scalar.storage != nil && scalar != .binary
    default: false
    }
  }
}

extension IntegerWidth {
  /// The decimal digits of the largest number.
  fileprivate var digits: Int {
    switch bits {
    case 8: 3
    case 16: 5
    case 32: 10
    default: isSigned ? 19 : 20
    }
  }
}
