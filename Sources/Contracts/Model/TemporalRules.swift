package import JSONSchema

/// The format and the bounds of a date, a timestamp or a time.
package struct TemporalRules: Sendable {
  package enum Form: Sendable {
    /// An RFC 3339 date or date-time.
    case isoDate
    /// An RFC 3339 date-time, its offset optional.
    case isoTimestamp
    case isoTime
    case pattern(DatePattern)
    /// A pattern that is not read: only that the value is text is checked.
    case unread
  }

  package var form: Form
  package var expectation: String
  package var minimum: Bound?
  package var maximum: Bound?
  /// Where texts without an offset are at home, as `defaultTimezone` says; nil where it says nothing.
  package var zone: Zone?
  /// Bounds that are not judged, by the names that reports have for them.
  package private(set) var unjudged: [String] = []
  /// Why they are not judged; empty where all are.
  package private(set) var unjudgedReason = ""
  /// Whether the outgoing SCHEMA announces a `date`, so that its column must hold every value.
  package var isColumn = false

  /// A bound as it was written, and as an instant.
  package struct Bound: Sendable {
    package var text: String
    package var instant: Calendar.Instant
    package var isExclusive = false
  }

  /// The days that a DATE column holds: the years 0001 to 9999.
  package static let columnDays = Calendar.days(1, 1, 1)...Calendar.days(9999, 12, 31)

  /// Whether the texts are ISO days, which a SCHEMA can announce as `date`.
  package var isDay: Bool {
    if case .pattern(let pattern) = form { pattern.isISODay } else { false }
  }

  /// The instant that a text stands for; nil if the text has not the form.
  package func instant(_ text: String) -> Calendar.Instant? { instant(text.utf8.span) }

  /// The instant that the bytes of a text stand for; nil if the text has not the form.
  package func instant(_ text: Span<UInt8>) -> Calendar.Instant? {
    guard var instant = local(text) else { return nil }
    if case .offset(let seconds)? = zone, instant.offset == nil { instant.offset = seconds }
    return instant
  }

  /// As `instant`, without an offset where none is written.
  private func local(_ text: Span<UInt8>) -> Calendar.Instant? {
    switch form {
    case .isoDate: Calendar.instant(text)
    case .isoTimestamp: text.count > 10 ? Calendar.instant(text) : nil
    case .isoTime: Calendar.time(text)
    case .pattern(let pattern): pattern.parse(text)
    case .unread: Calendar.Instant(days: 0)
    }
  }

  /// The names of the bounds, as reports have them.
  package var bounds: [String] {
    [
      minimum.map { $0.isExclusive ? "exclusiveMinimum" : "minimum" },
      maximum.map { $0.isExclusive ? "exclusiveMaximum" : "maximum" },
    ].compactMap(\.self)
  }

  /// Why bounds cannot be judged: the offsets of a named zone change, and are not known here.
  private var obstacle: String? {
    if case .named? = zone {
      return
        "a time without offset is at home in a named zone, whose offsets are not known"
    }
    guard case .pattern(let pattern) = form else { return nil }
    if pattern.namesZone { return "the times name their zones, whose offsets are not known" }
    return pattern.order == nil ? "values of the format \(pattern.source) have no order" : nil
  }

  /// Takes out the bounds that cannot be judged.
  mutating func dropUnjudged() {
    guard !bounds.isEmpty, let obstacle else { return }
    unjudgedReason = obstacle
    unjudged = bounds
    (minimum, maximum) = (nil, nil)
  }
}
