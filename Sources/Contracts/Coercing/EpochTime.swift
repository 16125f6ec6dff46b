internal import JSON

/// Numbers of seconds or milliseconds since 1970 as RFC 3339 timestamps in UTC.
enum EpochTime {
  /// The years that a timestamp of four digits has, in seconds since 1970.
  private static let range: ClosedRange<Int128> = -62_135_596_800...253_402_300_799

  /// The timestamp of a JSON number; nil if it is finer than a nanosecond or out of the years 0001
  /// to 9999.
  static func text(_ number: String, isMilliseconds: Bool) -> String? {
    guard let decimal = JSONNumber(number)?.decimal else { return nil }
    let exponent = decimal.exponent - (isMilliseconds ? 3 : 0)
    guard exponent >= -9, decimal.digits.count + max(exponent, 0) <= 30 else { return nil }
    var value: Int128 = 0
    for digit in decimal.digits { value = value * 10 + Int128(digit) }
    for _ in 0..<max(exponent, 0) { value *= 10 }
    if decimal.isNegative { value = -value }
    let scale = max(0, -exponent)
    var unit: Int128 = 1
    for _ in 0..<scale { unit *= 10 }
    // The fraction counts forward from the second before, also ahead of 1970.
    var seconds = value / unit
    var fraction = value % unit
    if fraction < 0 {
      seconds -= 1
      fraction += unit
    }
    guard range.contains(seconds) else { return nil }
    let days = Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400)
    let rest = Int(seconds) - days * 86_400
    let (year, month, day) = date(days)
    let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    let digits = scale == 0 ? "" : "." + padded(Int(fraction), scale)
    return "\(padded(year, 4))-\(two(month))-\(two(day))T\(time)\(digits)Z"
  }

  /// The day of the proleptic Gregorian calendar, from days since 1970-01-01.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    // Years begin in March here, so that the leap day is the last of its year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func two(_ number: Int) -> String { padded(number, 2) }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
