import JSON

// SAFETY, for the whole file: every read is below `end`, checked before it.

/// Reads the text of numbers, dates and times, as records write them.
enum ScalarText {
  typealias Position = JSONScanner.Position

  /// A number's digits as far as they fit 64 bits: value = mantissa × 10^exponent.
  struct Number {
    var mantissa: UInt64 = 0
    var exponent = 0
    var digits = 0
    var isNegative = false
  }

  @inline(__always)
  static func digit(_ p: Position) -> UInt64 { unsafe UInt64(p.pointee) &- 0x30 }

  /// Reads the number at `p`; `digits` above 19 says that the mantissa has overflowed.
  @inline(__always)
  static func number(
    _ start: Position,
    _ end: Position,
    _ number: inout Number
  ) throws(JSONFault) -> Position {
    number.isNegative = unsafe start < end && start.pointee == 0x2D
    let first = unsafe number.isNegative ? start + 1 : start
    guard let plain = unsafe PlainNumber(first, end) else {
      return unsafe try unusualNumber(first, end, &number)
    }
    number.mantissa = UInt64(bitPattern: plain.mantissa)
    number.digits = plain.digits
    number.exponent = -plain.fraction
    return unsafe plain.end
  }

  /// The same for a number that is long, has an exponent or stands near the end of the input; from
  /// behind its sign.
  @inline(never)
  private static func unusualNumber(
    _ first: Position,
    _ end: Position,
    _ number: inout Number
  ) throws(JSONFault) -> Position {
    var p = unsafe first
    var mantissa: UInt64 = 0
    while unsafe p < end, unsafe digit(p) <= 9 {
      mantissa = unsafe mantissa &* 10 &+ digit(p)
      unsafe p += 1
    }
    number.digits = unsafe p - first
    if unsafe number.digits == 0 || (number.digits > 1 && first.pointee == 0x30) {
      throw unsafe JSONFault(p < end ? .invalidNumber : .unexpectedEnd, remaining: end - first)
    }
    if unsafe p < end, unsafe p.pointee == 0x2E {
      unsafe p += 1
      let point = unsafe p
      while unsafe p < end, unsafe digit(p) <= 9 {
        mantissa = unsafe mantissa &* 10 &+ digit(p)
        unsafe p += 1
      }
      if unsafe p == point {
        throw unsafe JSONFault(p < end ? .invalidNumber : .unexpectedEnd, remaining: end - p)
      }
      number.exponent = unsafe point - p
      unsafe number.digits &+= p - point
    }
    number.mantissa = mantissa
    if unsafe p < end, unsafe p.pointee | 0x20 == 0x65 {
      unsafe p = unsafe try exponent(p, end, &number)
    }
    return unsafe p
  }

  @inline(never)
  private static func exponent(
    _ start: Position,
    _ end: Position,
    _ number: inout Number
  ) throws(JSONFault) -> Position {
    var p = unsafe start + 1
    var isNegative = false
    if unsafe p < end, unsafe p.pointee == 0x2B || p.pointee == 0x2D {
      isNegative = unsafe p.pointee == 0x2D
      unsafe p += 1
    }
    let first = unsafe p
    var value = 0
    while unsafe p < end, unsafe digit(p) <= 9 {
      value = unsafe min(value * 10 + Int(digit(p)), 1 << 40)
      unsafe p += 1
    }
    if unsafe p == first {
      throw unsafe JSONFault(p < end ? .invalidNumber : .unexpectedEnd, remaining: end - p)
    }
    number.exponent += isNegative ? -value : value
    return unsafe p
  }

  /// Two decimal digits at `p`, or a number above 99.
  @inline(__always)
  static func two(_ p: Position) -> Int {
    let high = unsafe digit(p)
    let low = unsafe digit(p + 1)
    return high <= 9 && low <= 9 ? Int(high &* 10 &+ low) : 1000
  }

  /// The days since 1970-01-01 of `YYYY-MM-DD` at `p`, ten bytes; nil if there is no such day.
  @inline(__always)
  static func date(_ p: Position) -> Int32? {
    guard let day = unsafe CivilDay(p), day.year >= 1 else { return nil }
    return Int32(truncatingIfNeeded: day.daysSince1970)
  }

  /// Reads `H[H]:MM[:SS[.fraction]]` and returns nanoseconds of the day.
  ///
  /// Returns nil if there is no such time. A second 60 is the next second.
  static func time(_ p: inout Position, _ end: Position) -> Int64? {
    guard unsafe end - p >= 4 else { return nil }
    guard unsafe digit(p) <= 9 else { return nil }
    var hour = unsafe Int(digit(p))
    unsafe p += 1
    if unsafe digit(p) <= 9 {
      hour = unsafe hour * 10 + Int(digit(p))
      unsafe p += 1
    }
    guard hour <= 23, unsafe end - p >= 3, unsafe p.pointee == 0x3A else { return nil }
    let minute = unsafe two(p + 1)
    unsafe p += 3
    guard minute <= 59 else { return nil }
    var second = 0
    var nanos: Int64 = 0
    if unsafe end - p >= 3, unsafe p.pointee == 0x3A {
      second = unsafe two(p + 1)
      unsafe p += 3
      guard second <= 60 else { return nil }
      if unsafe p < end, unsafe p.pointee == 0x2E {
        unsafe p += 1
        guard let fraction = unsafe fraction(&p, end) else { return nil }
        nanos = fraction
      }
    }
    return Int64(hour * 3600 + minute * 60 + second) * 1_000_000_000 + nanos
  }

  /// The nanoseconds of the fraction's digits at `p`, those beyond nine cut; nil without digits.
  private static func fraction(_ p: inout Position, _ end: Position) -> Int64? {
    var nanos: Int64 = 0
    var unit: Int64 = 100_000_000
    let first = unsafe p
    while unsafe p < end, unsafe digit(p) <= 9 {
      unsafe nanos += Int64(digit(p)) * unit
      unit /= 10
      unsafe p += 1
    }
    return unsafe p > first ? nanos : nil
  }

  /// Reads nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM` up to `end`: seconds east, or nil.
  static func offset(_ start: Position, _ end: Position) -> Int64? {
    var p = unsafe start
    if unsafe p == end { return 0 }
    if unsafe p.pointee | 0x20 == 0x7A { return unsafe p + 1 == end ? 0 : nil }
    guard unsafe p.pointee == 0x2B || p.pointee == 0x2D, unsafe end - p >= 3 else { return nil }
    let sign: Int64 = unsafe p.pointee == 0x2D ? -1 : 1
    let hours = unsafe two(p + 1)
    unsafe p += 3
    var minutes = 0
    if unsafe p < end {
      if unsafe p.pointee == 0x3A { unsafe p += 1 }
      guard unsafe end - p == 2 else { return nil }
      minutes = unsafe two(p)
    }
    guard hours <= 23, minutes <= 59 else { return nil }
    return sign * Int64(hours * 3600 + minutes * 60)
  }

  /// The date-time between `start` and `end` as seconds since 1970 UTC and nanoseconds.
  ///
  /// Returns nil if it is none. A date alone is its midnight.
  static func timestamp(_ start: Position, _ end: Position) -> (seconds: Int64, nanos: Int64)? {
    guard unsafe end - start >= 10, let days = unsafe date(start) else { return nil }
    let midnight = Int64(days) * 86_400
    var p = unsafe start + 10
    if unsafe p == end { return (midnight, 0) }
    guard unsafe p.pointee | 0x20 == 0x74 || p.pointee == 0x20 else { return nil }
    unsafe p += 1
    guard let time = unsafe time(&p, end), let offset = unsafe offset(p, end) else { return nil }
    let seconds = midnight + time / 1_000_000_000 - offset
    // Years 0001 to 9999, in UTC too.
    guard seconds >= -62_135_596_800, seconds < 253_402_300_800 else { return nil }
    return (seconds, time % 1_000_000_000)
  }
}
