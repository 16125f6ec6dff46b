internal import JSONSchema

/// A moment in UTC, to the second: where a window begins or ends.
package struct Instant: Hashable, Comparable, Sendable {
  /// Since 1970.
  package let seconds: Int

  private static let day = 86_400

  package init(seconds: Int) { self.seconds = seconds }

  /// Reads a day or a moment, of UTC where no zone stands with it.
  ///
  /// `2026-11-20`, `2026-11-20T08:00`, `2026-11-20T08:00:00Z`, `2026-11-20T08:00:00+02:00`; nil for
  /// anything else, the 30th of February too.
  package init?(_ text: String) {
    var rest = Substring(text)
    guard let year = Self.number(&rest, 4), Self.take("-", &rest),
      let month = Self.number(&rest, 2), Self.take("-", &rest), let date = Self.number(&rest, 2),
      year > 0, (1...12).contains(month), (1...Calendar.length(ofMonth: month, year)).contains(date)
    else { return nil }
    var seconds = Calendar.days(year, month, date) * Self.day
    if !rest.isEmpty {
      guard Self.take("T", &rest) || Self.take(" ", &rest), let hour = Self.number(&rest, 2),
        Self.take(":", &rest), let minute = Self.number(&rest, 2), hour < 24, minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if Self.take(":", &rest) {
        guard let second = Self.number(&rest, 2), second < 60 else { return nil }
        seconds += second
      }
      guard let offset = Self.offset(&rest) else { return nil }
      seconds -= offset
    }
    guard rest.isEmpty else { return nil }
    self.seconds = seconds
  }

  /// `2026-11-20T08:00:00Z`.
  package var text: String {
    let second = seconds - dayNumber * Self.day
    let time = [second / 3600, second / 60 % 60, second % 60].map(Self.two)
    return "\(date)T\(time.joined(separator: ":"))Z"
  }

  /// `2026-11-20`.
  package var date: String {
    let (year, month, date) = parts
    let digits = String(year)
    return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
      + "-\(Self.two(month))-\(Self.two(date))"
  }

  /// The day alone where a day begins, else the whole moment.
  package var short: String { isMidnight ? date : text }

  package var isMidnight: Bool { seconds == dayNumber * Self.day }

  /// So many months later, on the same day of the month or, in one that is too short, its last.
  package func adding(months: Int) -> Instant {
    let (year, month, date) = parts
    let count = year * 12 + month - 1 + months
    let (newYear, newMonth) = (count / 12, count % 12 + 1)
    let newDate = min(date, Calendar.length(ofMonth: newMonth, newYear))
    let time = seconds - dayNumber * Self.day
    return Instant(seconds: Calendar.days(newYear, newMonth, newDate) * Self.day + time)
  }

  package static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

  // MARK: The calendar

  private var dayNumber: Int {
    seconds >= 0 ? seconds / Self.day : (seconds - Self.day + 1) / Self.day
  }

  /// Year, month and day of the proleptic Gregorian calendar, counted in years that begin in March.
  private var parts: (Int, Int, Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let day = shifted - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let ofYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let date = ofYear - (153 * month + 2) / 5 + 1
    return (year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, date)
  }

  // MARK: Text

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func number(_ rest: inout Substring, _ digits: Int) -> Int? {
    let part = rest.prefix(digits)
    guard part.count == digits, part.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    rest = rest.dropFirst(digits)
    return Int(part)
  }

  private static func take(_ sign: Character, _ rest: inout Substring) -> Bool {
    guard rest.first == sign else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// The seconds that a zone is ahead of UTC.
  private static func offset(_ rest: inout Substring) -> Int? {
    if rest.isEmpty || take("Z", &rest) { return 0 }
    let isAhead = take("+", &rest)
    guard isAhead || take("-", &rest), let hours = number(&rest, 2), hours < 24 else { return nil }
    _ = take(":", &rest)
    guard let minutes = number(&rest, 2), minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (isAhead ? 1 : -1)
  }
}
