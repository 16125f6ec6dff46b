package import Columns

/// Dates and times as ISO 8601 writes them, of any year.
package enum CalendarText {
  /// The date of a day since 1970-01-01, in the proleptic Gregorian calendar.
  package static func date(_ days: Int64) -> String {
    // Howard Hinnant's civil_from_days: years that begin in March, eras of 400 years.
    let shifted = days &+ 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let day = shifted - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let rest = day - (365 * year + year / 4 - year / 100)
    let month = (5 * rest + 2) / 153
    let number = rest - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    let full = year + era * 400 + (civil <= 2 ? 1 : 0)
    let sign = full < 0 ? "-" : ""
    return
      "\(sign)\(padded(full.magnitude, 4))-\(padded(civil.magnitude, 2))-\(padded(number.magnitude, 2))"
  }

  /// The time of a day, its fraction with all digits of the unit if there is one.
  package static func time(_ value: Int64, _ unit: TimeUnit) -> String {
    let perSecond = unit.perSecond
    let seconds = value / perSecond
    let text =
      "\(padded((seconds / 3600).magnitude, 2)):\(padded((seconds / 60 % 60).magnitude, 2)):"
      + padded((seconds % 60).magnitude, 2)
    let fraction = (value % perSecond).magnitude
    guard fraction > 0 else { return text }
    return "\(text).\(padded(fraction, String(perSecond).utf8.count - 1))"
  }

  /// The time since 1970, with `Z` if it is one in UTC.
  package static func timestamp(_ value: Int64, _ unit: TimeUnit, utc: Bool) -> String {
    let perDay = unit.perSecond * 86_400
    let rest = (value % perDay + perDay) % perDay
    let days = value / perDay - (value % perDay < 0 ? 1 : 0)
    return "\(date(days))T\(time(rest, unit))\(utc ? "Z" : "")"
  }

  private static func padded(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
