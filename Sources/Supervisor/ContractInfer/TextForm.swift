internal import Contracts
internal import JSONSchema

/// A form that all texts of a field may have.
enum TextForm: String, CaseIterable {
  /// An RFC 3339 date or date-time, as the standard has dates without a format.
  case instant = ""
  case day = "yyyy-MM-dd"
  case slashedYear = "yyyy/MM/dd"
  case slashedDay = "dd/MM/yyyy"
  case slashedMonth = "MM/dd/yyyy"
  case dashedDay = "dd-MM-yyyy"
  case dashedMonth = "MM-dd-yyyy"
  case dotted = "dd.MM.yyyy"
  case dottedMinute = "dd.MM.yyyy HH:mm"
  case dottedSecond = "dd.MM.yyyy HH:mm:ss"
  case slashedDaySecond = "dd/MM/yyyy HH:mm:ss"
  case slashedMonthSecond = "MM/dd/yyyy HH:mm:ss"
  case uuid, email, ipv4, ipv6, uri

  /// The form with day and month the other way round.
  var twin: TextForm? {
    switch self {
    case .slashedDay: .slashedMonth
    case .slashedMonth: .slashedDay
    case .dashedDay: .dashedMonth
    case .dashedMonth: .dashedDay
    case .slashedDaySecond: .slashedMonthSecond
    case .slashedMonthSecond: .slashedDaySecond
    default: nil
    }
  }

  /// Whether it is a form of dates.
  var isDate: Bool { format == nil }

  private var format: Format? {
    switch self {
    case .uuid: .uuid
    case .email: .email
    case .ipv4: .ipv4
    case .ipv6: .ipv6
    case .uri: .uri
    default: nil
    }
  }

  private static let patterns: [TextForm: DatePattern] = {
    var patterns: [TextForm: DatePattern] = [:]
    for form in allCases where form.isDate && form != .instant {
      patterns[form] = try? DatePattern(form.rawValue)
    }
    return patterns
  }()

  /// Whether a contract with the form accepts `text`.
  func fits(_ text: String) -> Bool {
    if let format {
      // By its letter `note:x` is a URI as well, but nobody would say so.
      return format.accepts(text.utf8.span) && (self != .uri || text.contains("://"))
    }
    if self == .instant { return Calendar.instant(text.utf8.span) != nil }
    guard let instant = Self.patterns[self]?.parse(text.utf8.span) else { return false }
    // A column of ISO days becomes a DATE, which has no room for other years.
    return self != .day || TemporalRules.columnDays.contains(instant.days)
  }
}
