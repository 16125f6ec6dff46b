internal import Posix

/// A time as users of the history name it: `2026-11-20`, `2026-11-20T08:00`, or `7d`, `12h`, `30m`,
/// `90s` ago.
package enum RunTime: Hashable, Sendable {
  /// The beginning of a timestamp, which sorts before all that are not before it.
  case at(String)
  /// So many seconds ago.
  case ago(Int)

  /// Today in UTC, as `2026-11-20`.
  package static var today: String { String(Clock.timestamp.prefix(shortest)) }

  private static let form = "dddd-dd-ddTdd:dd:dd.dddZ"
  private static let shortest = "dddd-dd-dd".count

  /// Nil for anything else.
  package init?(_ text: String) {
    let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    if let last = text.last, let unit = units[last], let count = Int(text.dropLast()), count >= 0 {
      let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
      guard !isTooLong else { return nil }
      self = .ago(seconds)
      return
    }
    guard text.count >= Self.shortest, text.count <= Self.form.count,
      zip(text, Self.form).allSatisfy({ sign, place in
        place == "d" ? sign.isASCII && sign.isNumber : sign == place
      })
    else { return nil }
    self = .at(text)
  }
}
