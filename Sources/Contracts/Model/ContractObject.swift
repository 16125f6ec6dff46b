package import JSON
package import JSONSchema

/// A table, topic or file of a contract: what one stream carries.
package struct ContractObject: Sendable {
  package var name: String
  package var physicalName: String?
  package var properties: [ContractProperty] = []
  package var rules: [QualityRule] = []
  /// What values of all its properties are coerced by, unless they say otherwise.
  package var coercions: Coercions?
}

/// The types that values have in a contract.
package enum LogicalType: String, Sendable, CaseIterable {
  case string, date, timestamp, time, number, integer, object, array, boolean, map, vector

  /// The version that brought the type.
  var since: ODCSVersion {
    switch self {
    case .timestamp, .time: .v310
    case .map, .vector: .v320
    default: .v300
    }
  }
}

/// A field of an object, or the element of an array.
package struct ContractProperty: Sendable {
  package var name: String
  package var physicalName: String?
  package var type: LogicalType?
  package var isRequired = false
  package var isUnique = false
  /// The place in the primary key; nil if the property is no part of it.
  package var keyPosition: Int?
  package var isCritical = false
  package var isMeasure = false
  package var classification: String?
  package var tags: [String] = []
  package var number = NumberRules()
  package var minLength: Int?
  package var maxLength: Int?
  package var pattern: String?
  package var format: String?
  package var temporal: TemporalRules?
  package var minItems: Int?
  package var maxItems: Int?
  package var uniqueItems = false
  package var minProperties: Int?
  package var maxProperties: Int?
  package var requiredMembers: [String] = []
  /// The only values allowed.
  package var choices: [JSONValue]?
  package var properties: [ContractProperty] = []
  /// The element of an array or vector, or the value of a map: one or none.
  package var items: [ContractProperty] = []
  /// The key of a map: one or none.
  package var mapKeys: [ContractProperty] = []
  package var rules: [QualityRule] = []
  /// What masks its values, as `dativo.mask` among the property's customProperties says.
  package var mask: MaskAction?
  /// What its values, and those below it, are coerced by; nil leaves it to what contains it.
  package var coercions: Coercions?
  /// Where the property stands in the contract's file.
  package var mark: YAMLNode.Mark?

  package init(name: String) { self.name = name }

  /// The name that the field has in a record.
  package var field: String { physicalName ?? name }
}

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
  /// Whether the outgoing SCHEMA announces a `date`, so that its column must hold every value.
  package var isColumn = false

  /// A bound as it was written, and as an instant.
  package struct Bound: Sendable {
    package var text: String
    package var instant: Calendar.Instant
    package var isExclusive = false
  }

  /// The days that a DATE column holds: the years 0001 to 9999.
  static let columnDays = Calendar.days(1, 1, 1)...Calendar.days(9999, 12, 31)

  /// Whether the texts are ISO days, which a SCHEMA can announce as `date`.
  package var isDay: Bool {
    if case .pattern(let pattern) = form { pattern.isISODay } else { false }
  }

  /// The instant that a text stands for; nil if the text has not the form.
  package func instant(_ text: String) -> Calendar.Instant? { instant(text.utf8.span) }

  /// The instant that the bytes of a text stand for; nil if the text has not the form.
  package func instant(_ text: Span<UInt8>) -> Calendar.Instant? {
    switch form {
    case .isoDate: Calendar.instant(text)
    case .isoTimestamp: text.count > 10 ? Calendar.instant(text) : nil
    case .isoTime: Calendar.time(text)
    case .pattern(let pattern): pattern.parse(text)
    case .unread: Calendar.Instant(days: 0)
    }
  }
}
