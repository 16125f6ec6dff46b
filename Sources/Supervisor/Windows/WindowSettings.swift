internal import JSON

/// The settings by which a tap is told from when to when it shall load.
package struct WindowSettings: Hashable, Sendable {
  /// The keys of `window` in a plugin's or a job's file.
  package static let keys = ["since", "until", "inclusive"]
  /// Their usual names, the more usual first.
  private static let sinceNames = [
    "start_date", "start_datetime", "start_time", "since", "from_date", "date_from",
  ]
  private static let untilNames = [
    "end_date", "end_datetime", "end_time", "until", "to_date", "date_to",
  ]

  /// The setting for the beginning; nil where the tap has none.
  package var since: String?
  /// The setting for the end; nil where the tap has none.
  package var until: String?
  /// Whether the tap loads what is of the end itself, too.
  package var isInclusive = false

  package init(since: String? = nil, until: String? = nil, isInclusive: Bool = false) {
    self.since = since
    self.until = until
    self.isInclusive = isInclusive
  }

  /// Finds them by their usual names among those of a tap's settings.
  package init(among names: some Sequence<String>) {
    let names = Set(names)
    since = Self.sinceNames.first(where: names.contains)
    until = Self.untilNames.first(where: names.contains)
  }

  /// A configuration with the window in it; `settings` is the JSON Schema of the tap's settings.
  ///
  /// Throws what is missing: `since` or `until`.
  func apply(
    _ window: TimeWindow,
    to config: JSONObject,
    settings: JSONValue?
  ) throws(Missing) -> JSONObject {
    var config = config
    if let moment = window.since {
      guard let since else { throw .setting(side: "since", of: "beginning") }
      config[since] = .string(try Self.text(moment, since, settings))
    }
    if let moment = window.until {
      guard let until else { throw .setting(side: "until", of: "end") }
      let isDate = Self.isDate(until, settings)
      let last = isInclusive ? Instant(seconds: moment.seconds - (isDate ? 86_400 : 1)) : moment
      config[until] = .string(try Self.text(last, until, settings))
    }
    return config
  }

  enum Missing: Error {
    case setting(side: String, of: String)
    /// The setting takes days, and the moment is in the middle of one.
    case timeOfDay(setting: String, Instant)

    /// What is wrong, and what to do.
    var texts: (message: String, hint: String) {
      switch self {
      case .setting(let side, let what):
        (
          "the tap has no known setting for the \(what) of a window",
          "If it has one, write `window: {\(side): SETTING}` under \"source\"."
        )
      case .timeOfDay(let setting, let moment):
        (
          "the tap's \"\(setting)\" takes whole days, not \(moment.text)",
          "Write \(moment.date), and windows of days."
        )
      }
    }
  }

  private static func text(
    _ moment: Instant,
    _ name: String,
    _ settings: JSONValue?
  ) throws(Missing) -> String {
    guard isDate(name, settings) else { return moment.text }
    guard moment.isMidnight else { throw .timeOfDay(setting: name, moment) }
    return moment.date
  }

  private static func isDate(_ name: String, _ settings: JSONValue?) -> Bool {
    settings?["properties"]?[name]?["format"]?.string == "date"
  }
}
