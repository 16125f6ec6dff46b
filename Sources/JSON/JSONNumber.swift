/// A number, as the text it was written with.
///
/// Numbers are equal, and ordered, by exact value: `1.0 == 1e0`, and no digit is lost to rounding.
public struct JSONNumber: Sendable {
  /// The text, valid JSON.
  public let text: String

  /// Creates a number of text that a scanner has accepted.
  init(scanned text: String) { self.text = text }

  /// Creates a number from its text; nil unless it is a number as JSON writes them.
  public init?(_ text: String) {
    guard case .number(let number)? = try? JSONValue.parse(text), number.text == text else {
      return nil
    }
    self = number
  }

  /// Creates a whole number.
  public init(_ value: some BinaryInteger) { text = String(value) }

  /// Creates a number from a finite double, with the fewest digits that name it; nil otherwise.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let text = "\(value)"
    self.text = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The nearest double, infinite beyond its range.
  public var double: Double { Double(text) ?? .nan }

  /// The value as an `Int64`; nil if it has a fraction or does not fit.
  public var int64: Int64? { Int64(text) ?? decimal.int64 }

  /// Whether the value is whole: `1.0` and `1e3` are.
  public var isInteger: Bool { decimal.exponent >= 0 }

  /// Digits and exponent, normalised.
  public var decimal: JSONDecimal { JSONDecimal(text) }
}

extension JSONNumber: Hashable, Comparable {
  /// Whether both have the same exact value.
  public static func == (left: Self, right: Self) -> Bool {
    left.text == right.text || left.decimal == right.decimal
  }

  /// Hashes the exact value.
  public func hash(into hasher: inout Hasher) { hasher.combine(decimal) }

  /// Whether `left` is exactly smaller than `right`.
  public static func < (left: Self, right: Self) -> Bool { left.decimal < right.decimal }
}

/// A decimal number: an integer of `digits`, times ten to the power of `exponent`.
///
/// Normalised: no leading and no trailing zeros, zero has no digits and no sign.
public struct JSONDecimal: Hashable, Sendable {
  /// Whether the number is below zero.
  public let isNegative: Bool
  /// The digits, 0 to 9 each, highest first.
  public let digits: [UInt8]
  /// The power of ten of the last digit; an absurd one is held at ±2^40.
  public let exponent: Int

  init(_ text: String) {
    var digits: [UInt8] = []
    var exponent = 0
    var written = 0
    var inFraction = false
    var inExponent = false
    var exponentIsNegative = false
    for byte in text.utf8.drop(while: { $0 == 0x2D }) {
      switch byte {
      case 0x2E: inFraction = true
      case 0x65, 0x45: inExponent = true
      case 0x2D: exponentIsNegative = true
      case 0x30...0x39 where inExponent: written = min(written * 10 + Int(byte - 0x30), 1 << 40)
      case 0x30...0x39:
        if inFraction { exponent -= 1 }
        if byte != 0x30 || !digits.isEmpty { digits.append(byte - 0x30) }
      default: break
      }
    }
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    isNegative = text.utf8.first == 0x2D && !digits.isEmpty
    self.exponent = digits.isEmpty ? 0 : exponent + (exponentIsNegative ? -written : written)
    self.digits = digits
  }

  /// The number of digits after the decimal point.
  public var scale: Int { max(0, -exponent) }

  /// The number of digits in all, with those zeros that the exponent stands for.
  public var precision: Int { max(digits.count + max(0, exponent), scale) }

  /// The value as an `Int64`; nil if it has a fraction or does not fit.
  public var int64: Int64? {
    guard exponent >= 0, precision <= 19 else { return nil }
    var value: Int64 = 0
    for digit in digits + Array(repeating: 0, count: exponent) {
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, under) = product.subtractingReportingOverflow(Int64(digit))
      guard !over, !under else { return nil }
      value = sum
    }
    guard !isNegative else { return value }
    return value == .min ? nil : -value
  }
}

extension JSONDecimal: Comparable {
  /// Whether `left` is exactly smaller than `right`.
  public static func < (left: Self, right: Self) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative
      ? right.isSmallerInMagnitude(than: left) : left.isSmallerInMagnitude(than: right)
  }

  private func isSmallerInMagnitude(than other: Self) -> Bool {
    guard !digits.isEmpty, !other.digits.isEmpty else {
      return digits.isEmpty && !other.digits.isEmpty
    }
    let point = digits.count + exponent
    let otherPoint = other.digits.count + other.exponent
    return point == otherPoint
      ? digits.lexicographicallyPrecedes(other.digits) : point < otherPoint
  }
}
