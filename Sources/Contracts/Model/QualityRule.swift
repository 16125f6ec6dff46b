package import JSON

/// A rule about the data of a property or an object.
package struct QualityRule: Sendable {
  /// What is counted.
  package enum Metric: Sendable {
    case rowCount
    case nullValues
    case missingValues([JSONValue])
    case invalidValues(valid: [JSONValue]?, pattern: String?)
    /// Every value for itself: no count, the operators judge the value.
    case eachValue
    /// Surplus rows: those whose value, or tuple of properties, came before.
    case duplicateValues([String])
    /// Not evaluated in the stream, and why.
    case skipped(String)
  }

  /// What is demanded of the count.
  package enum Comparison: Hashable, Sendable {
    case equal(JSONNumber)
    case notEqual(JSONNumber)
    case greater(JSONNumber)
    case greaterOrEqual(JSONNumber)
    case less(JSONNumber)
    case lessOrEqual(JSONNumber)
    case between(JSONNumber, JSONNumber)
    case notBetween(JSONNumber, JSONNumber)
  }

  /// The metric's or the rule's name, else the type: what reports call the rule.
  package var name: String
  /// The rule's own name, by which people tell it from others.
  package var title: String?
  package var metric: Metric
  package var comparisons: [Comparison]
  package var isPercent: Bool
  package var isWarning: Bool
  /// The query of a rule of type sql, as it is written.
  package var query: String?
  /// What the result of its query must be, where that is a text or a truth.
  package var mustBe: JSONValue?
  /// What it must not be, likewise.
  package var mustNotBe: JSONValue?
  /// The rule as it is written.
  package var document: JSONValue = .null

  /// Whether one offending record already breaks the rule.
  package var demandsNone: Bool {
    if case .eachValue = metric { return true }
    return comparisons.contains { comparison in
      switch comparison {
      case .equal(let bound), .lessOrEqual(let bound): bound == JSONNumber(0)
      case .less(let bound):
        isPercent ? bound == JSONNumber(0) : bound == JSONNumber(1) || bound == JSONNumber(0)
      default: false
      }
    }
  }
}

extension QualityRule {
  /// The least count that has left what is demanded for good; nil where no count does.
  package func leastExcess(inclusiveBetween: Bool) -> Int? {
    var (low, high) = (0, 1 << 53)
    guard isExceeded(by: high, inclusiveBetween: inclusiveBetween) else { return nil }
    while low < high {
      let middle = (low + high) / 2
      if isExceeded(by: middle, inclusiveBetween: inclusiveBetween) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  /// Whether a count that only grows has left what is demanded for good.
  private func isExceeded(by count: Int, inclusiveBetween: Bool) -> Bool {
    let count = JSONNumber(count)
    return comparisons.contains { comparison in
      switch comparison {
      case .equal(let bound): bound < count
      case .less(let bound): !(count < bound)
      case .lessOrEqual(let bound): bound < count
      case .between(_, let high): high < count || (!inclusiveBetween && count == high)
      case .notEqual, .greater, .greaterOrEqual, .notBetween: false
      }
    }
  }
}

extension QualityRule.Comparison {
  /// Whether `value` is as demanded; `between` excludes its bounds unless told otherwise.
  package func accepts(_ value: JSONNumber, inclusiveBetween: Bool) -> Bool {
    switch self {
    case .equal(let bound): value == bound
    case .notEqual(let bound): value != bound
    case .greater(let bound): bound < value
    case .greaterOrEqual(let bound): !(value < bound)
    case .less(let bound): value < bound
    case .lessOrEqual(let bound): !(bound < value)
    case .between(let low, let high):
      inclusiveBetween ? !(value < low) && !(high < value) : low < value && value < high
    case .notBetween(let low, let high):
      !Self.between(low, high).accepts(value, inclusiveBetween: inclusiveBetween)
    }
  }

  /// The demand in words.
  package func text(inclusiveBetween: Bool) -> String {
    switch self {
    case .equal(let bound): "\(bound.text)"
    case .notEqual(let bound): "anything but \(bound.text)"
    case .greater(let bound): "more than \(bound.text)"
    case .greaterOrEqual(let bound): "at least \(bound.text)"
    case .less(let bound): "less than \(bound.text)"
    case .lessOrEqual(let bound): "at most \(bound.text)"
    case .between(let low, let high):
      "between \(low.text) and \(high.text), \(inclusiveBetween ? "inclusive" : "exclusive")"
    case .notBetween(let low, let high): "not between \(low.text) and \(high.text)"
    }
  }
}
