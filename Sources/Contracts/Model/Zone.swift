/// Where a time without an offset is at home.
package enum Zone: Hashable, Sendable {
  /// So many seconds east of UTC, all year.
  case offset(Int)
  /// A zone whose offset depends on the date.
  case named(String)

  /// Reads a name of the tz database or a fixed offset, such as `+02:00`; nil for neither.
  init?(_ text: String) {
    if Self.universal.contains(text) {
      self = .offset(0)
    } else if let seconds = Self.fixed(text) {
      self = .offset(seconds)
    } else if Self.names.contains(text) {
      self = .named(text)
    } else {
      return nil
    }
  }

  private static let universal: Set<String> = [
    "Z", "UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich", "GMT0", "GMT+0", "GMT-0", "Etc/UTC",
    "Etc/UCT", "Etc/GMT", "Etc/GMT0", "Etc/GMT+0", "Etc/GMT-0", "Etc/Zulu", "Etc/Universal",
    "Etc/Greenwich",
  ]

  /// `+02:00`, `+0200`, `+2`, `UTC+2` or `GMT+2`; `Etc/GMT-2`, whose sign is the other way round.
  private static func fixed(_ text: String) -> Int? {
    var rest = text[...]
    let isReversed = rest.hasPrefix("Etc/GMT")
    for prefix in ["Etc/GMT", "UTC", "GMT"] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
      break
    }
    guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
    rest = rest.dropFirst()
    let digits = rest.filter { $0 != ":" }
    guard (1...4).contains(digits.count), digits.count != 3, let value = Int(digits) else {
      return nil
    }
    guard rest.count == digits.count || (rest.count == 5 && rest.dropFirst(2).first == ":") else {
      return nil
    }
    let (hours, minutes) = digits.count == 4 ? (value / 100, value % 100) : (value, 0)
    guard hours * 60 + minutes <= 18 * 60, minutes < 60 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return (sign == "-") == isReversed ? seconds : -seconds
  }
}
