extension ServiceLevel {
  /// Whether it promises how old the newest value may be, by one of the names that ODCS and its
  /// tools have for that.
  package var isFreshness: Bool { ["latency", "ly", "freshness"].contains(name.lowercased()) }

  /// The seconds of a unit of time; nil for another word.
  ///
  /// `m` is minutes, or with `mIsMonths` months, as tools read it beside a retention.
  package static func seconds(of unit: String, mIsMonths: Bool = false) -> Int? {
    let day = 86_400
    return switch unit.lowercased() {
    case "s", "sec", "second", "seconds": 1
    case "m": mIsMonths ? 30 * day : 60
    case "min", "minute", "minutes": 60
    case "h", "hr", "hour", "hours": 3600
    case "d", "day", "days": day
    case "w", "week", "weeks": 7 * day
    case "mo", "month", "months": 30 * day
    case "y", "yr", "year", "years": 365 * day
    default: nil
    }
  }
}
