import JSON

// SAFETY, for the whole file: reads stay between `start` and `end`, the text of one scalar.

extension ScalarText {
  static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The double of a number that does not fit the short way; nil unless the literal survives: it
  /// is what the double prints as, with the fewest digits, with all, or rounded to as many as it has
  /// (`%.17g` and its like).
  @inline(never)
  static func slowDouble(_ start: Position, _ end: Position) -> Double? {
    guard let number = unsafe JSONNumber(text(start, end)) else { return nil }
    let value = number.double
    guard value.isFinite else { return nil }
    // The fewest digits that name the double are those that it prints as.
    if let printed = JSONNumber(value), printed == number { return value }
    return prints(value, as: number.decimal) ? value : nil
  }

  static func text(_ start: Position, _ end: Position) -> String {
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
  }

  /// Whether `decimal` is `value` rounded to as many digits, or to the seventeen that tell any double,
  /// by writing out all digits of the double.
  private static func prints(_ value: Double, as decimal: JSONDecimal) -> Bool {
    guard value != 0 else { return decimal.digits.isEmpty }
    guard (value < 0) == decimal.isNegative else { return false }
    // value = significand × 2^power; a negative power is significand × 5^-power × 10^power.
    let power = Int(value.exponent) - 52
    let significand = UInt64((value.significand.magnitude * 0x1p52))
    var digits: [UInt8] = String(significand).utf8.reversed().map { $0 - 0x30 }
    for _ in 0..<abs(power) { multiply(&digits, by: power < 0 ? 5 : 2) }
    let exponent = power < 0 ? power : 0
    return [decimal.digits.count, 17].contains { count in
      let (rounded, dropped) = rounded(digits, to: count)
      let zeros = rounded.prefix { $0 == 0 }.count
      return decimal.exponent == exponent + dropped + zeros
        && decimal.digits == Array(rounded.dropFirst(zeros).reversed())
    }
  }

  /// `digits`, lowest first, rounded to the `count` highest, half to even; and how many were dropped.
  private static func rounded(_ digits: [UInt8], to count: Int) -> (digits: [UInt8], dropped: Int) {
    let dropped = digits.count - count
    guard dropped > 0 else { return (digits, 0) }
    var kept = Array(digits[dropped...])
    let half = digits[dropped - 1]
    let isMore = half > 5 || half == 5 && digits[..<(dropped - 1)].contains { $0 != 0 }
    guard isMore || half == 5 && kept[0] % 2 == 1 else { return (kept, dropped) }
    var place = 0
    while place < kept.count, kept[place] == 9 {
      kept[place] = 0
      place += 1
    }
    if place < kept.count { kept[place] += 1 } else { kept.append(1) }
    return (kept, dropped)
  }

  private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
    var carry: UInt8 = 0
    for index in digits.indices {
      let product = digits[index] * factor + carry
      digits[index] = product % 10
      carry = product / 10
    }
    if carry > 0 { digits.append(carry) }
  }

  /// The number as a whole count of 10^-scale, below 10^precision; nil if digits would be lost.
  @inline(never)
  static func slowDecimal(
    _ start: Position,
    _ end: Position,
    precision: Int,
    scale: Int
  ) -> Int128? {
    guard let decimal = unsafe JSONNumber(text(start, end))?.decimal else { return nil }
    let shift = decimal.exponent + scale
    guard !decimal.digits.isEmpty else { return 0 }
    guard shift >= 0, decimal.digits.count + shift <= min(precision, 38) else { return nil }
    var value: Int128 = 0
    for digit in decimal.digits { value = value * 10 + Int128(digit) }
    for _ in 0..<shift { value *= 10 }
    return decimal.isNegative ? -value : value
  }

  /// The 16 bytes of a canonical UUID (lower case, hyphens), 36 bytes at `p`; nil otherwise.
  static func uuid(_ p: Position) -> UInt128? {
    var value: UInt128 = 0
    for index in 0..<36 {
      let byte = unsafe p[index]
      switch byte {
      case 0x2D where index == 8 || index == 13 || index == 18 || index == 23: continue
      case 0x30...0x39 where !(index == 8 || index == 13 || index == 18 || index == 23):
        value = value << 4 | UInt128(byte - 0x30)
      case 0x61...0x66 where !(index == 8 || index == 13 || index == 18 || index == 23):
        value = value << 4 | UInt128(byte - 0x57)
      default: return nil
      }
    }
    return value
  }

  /// Decodes padded Base64 in place of `output`, which may be the text itself; nil if it is none.
  static func base64(
    _ text: UnsafePointer<UInt8>,
    _ count: Int,
    into output: UnsafeMutablePointer<UInt8>
  ) -> Int? {
    guard count % 4 == 0 else { return nil }
    var out = 0
    var index = 0
    while index < count {
      var word: UInt32 = 0
      var padding = 0
      for place in 0..<4 {
        let byte = unsafe text[index + place]
        if byte == 0x3D, index + 4 == count, place >= 2 { padding += 1 }
        guard let six = sextet(byte, afterPadding: padding > 0) else { return nil }
        word = word << 6 | six
      }
      unsafe output[out] = UInt8(truncatingIfNeeded: word >> 16)
      if padding < 2 { unsafe output[out + 1] = UInt8(truncatingIfNeeded: word >> 8) }
      if padding < 1 { unsafe output[out + 2] = UInt8(truncatingIfNeeded: word) }
      out += 3 - padding
      index += 4
    }
    return out
  }

  private static func sextet(_ byte: UInt8, afterPadding: Bool) -> UInt32? {
    if afterPadding { return byte == 0x3D ? 0 : nil }
    switch byte {
    case 0x41...0x5A: return UInt32(byte) - 0x41
    case 0x61...0x7A: return UInt32(byte) - 0x47
    case 0x30...0x39: return UInt32(byte) + 4
    case 0x2B: return 62
    case 0x2F: return 63
    default: return nil
    }
  }
}
