import JSON

// SAFETY, for the whole file: every read is below `end`, checked just before it.

extension FastCheck {
  /// The position after the number at `start`, if it is surely fine.
  @inline(__always)
  static func number(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    let isNegative = unsafe start.pointee == 0x2D
    guard let number = unsafe PlainNumber(isNegative ? start + 1 : start, end) else {
      return unsafe unusualNumber(node, start, end)
    }
    let fraction = number.fraction
    if unsafe fraction > 0 && node.pointee.number.isInteger { return nil }
    if unsafe !node.pointee.number.isChecked { return unsafe number.end }
    let value = isNegative ? -number.mantissa : number.mantissa
    let isFine =
      unsafe fraction == 0
      ? node.pointee.number.acceptsWhole(value, number.digits)
      : node.pointee.number.accepts(value, number.digits, fraction)
    return unsafe isFine ? number.end : nil
  }

  /// The same for a number that is long, has an exponent or stands near the end of the input.
  @inline(never)
  private static func unusualNumber(
    _ node: UnsafeMutablePointer<FastNode>,
    _ start: Position,
    _ end: Position
  ) -> Position? {
    var p = unsafe start
    var mantissa: UInt64 = 0
    let isNegative = unsafe p.pointee == 0x2D
    if isNegative { unsafe p += 1 }
    let first = unsafe p
    while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
      mantissa = unsafe mantissa &* 10 &+ UInt64(p.pointee &- 0x30)
      unsafe p += 1
    }
    var digits = unsafe p - first
    guard digits > 0, unsafe digits == 1 || first.pointee != 0x30 else { return nil }
    var fraction = 0
    if unsafe p < end, unsafe p.pointee == 0x2E {
      unsafe p += 1
      let point = unsafe p
      while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
        mantissa = unsafe mantissa &* 10 &+ UInt64(p.pointee &- 0x30)
        unsafe p += 1
      }
      fraction = unsafe p - point
      guard fraction > 0 else { return nil }
      digits &+= fraction
    }
    guard unsafe p < end else { return nil }
    if unsafe p.pointee | 0x20 == 0x65 {
      guard unsafe !node.pointee.number.isChecked && !node.pointee.number.isInteger else {
        return nil
      }
      return unsafe try? JSONScanner.scanNumber(start, end)
    }
    if unsafe node.pointee.number.isInteger, fraction > 0 { return nil }
    if unsafe !node.pointee.number.isChecked { return unsafe p }
    guard digits <= 18 else { return nil }
    let magnitude = Int64(bitPattern: mantissa)
    return unsafe node.pointee.number.accepts(isNegative ? -magnitude : magnitude, digits, fraction)
      ? p : nil
  }
}

extension FastNumber {
  /// Whether value × 10^-fraction, of so many digits, is surely within bounds and on the step.
  @inline(__always)
  func accepts(_ value: Int64, _ digits: Int, _ fraction: Int) -> Bool {
    if self.digits >= 0, fraction > self.digits { return false }
    let shift = scale &- fraction
    if shift >= 0, digits &+ shift <= 18 {
      let scaled = shift == 0 ? value : value &* Self.tens[shift]
      guard scaled >= low, scaled <= high else { return false }
      return step == 0 || (step > 0 && scaled % step == 0)
    }
    guard step == 0 else { return false }
    let rounded = Double(value) / Self.powers[fraction]
    return rounded > lowDouble && rounded < highDouble
  }

  /// The same for a whole number of at most fifteen digits.
  @inline(__always)
  func acceptsWhole(_ value: Int64, _ digits: Int) -> Bool {
    // A step of a power of ten that is one at most divides every whole number.
    if step == 0 { return value >= lowWhole && value <= highWhole }
    return accepts(value, digits, 0)
  }

  private static let tens: InlineArray<10, Int64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  ]

  private static let powers: InlineArray<19, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18,
  ]
}
