/// `emitted_at`, milliseconds since 1970, as Singer's `time_extracted`.
enum EmittedAt {
  /// RFC 3339 in UTC; nil for what is no time of the years 1 to 9999.
  static func text(_ milliseconds: Int64) -> String? {
    guard (-62_135_596_800_000..<253_402_300_800_000).contains(milliseconds) else { return nil }
    let day = 86_400_000
    let total = Int(milliseconds)
    let days = total >= 0 ? total / day : -((day - 1 - total) / day)
    let rest = total - days * day
    // Days to a date of the proleptic Gregorian calendar, years beginning in March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let date = dayOfYear - (153 * part + 2) / 5 + 1
    let month = part < 10 ? part + 3 : part - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { pad($0, 2) }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(date, 2))T\(clock.joined(separator: ":"))."
      + "\(pad(rest % 1000, 3))Z"
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
