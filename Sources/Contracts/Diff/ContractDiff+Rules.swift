internal import JSON

extension ContractDiff {
  /// Rules by what they say; one that is worded otherwise went and came.
  mutating func compare(_ old: [QualityRule], _ new: [QualityRule], _ place: String) {
    var rest = new
    for rule in old {
      let summary = rule.summary
      // Of several that say the same, the one that is the same in all is its match.
      let same = rest.firstIndex { $0.document == rule.document }
      guard let match = same ?? rest.firstIndex(where: { $0.summary == summary }) else {
        add(place, "the rule \(summary) was removed", breaks: rule.isWarning ? [] : .readers)
        continue
      }
      compare(rule, rest.remove(at: match), place)
    }
    for rule in rest {
      add(place, "the rule \(rule.summary) is new", breaks: rule.isWarning ? [] : .writers)
    }
  }

  /// Two rules that say the same.
  private mutating func compare(_ old: QualityRule, _ new: QualityRule, _ place: String) {
    if old.isWarning != new.isWarning {
      let (before, after) = new.isWarning ? ("error", "warning") : ("warning", "error")
      add(
        place,
        "the severity of the rule \(new.summary) changed from \(before) to \(after)",
        breaks: new.isWarning ? .readers : .writers
      )
    } else if old.document != new.document {
      addWords(place, "the rule \(new.summary) is described otherwise")
    }
  }
}

extension QualityRule {
  /// The rule in words, by which it is told from others.
  package var summary: String {
    let subject =
      switch metric {
      case .missingValues(let values): " of \(values.map { $0.encoded() }.joined(separator: ", "))"
      case .invalidValues(let valid, let pattern):
        (valid.map { " outside \($0.map { $0.encoded() }.joined(separator: ", "))" } ?? "")
          + (pattern.map { " outside \($0)" } ?? "")
      case .duplicateValues(let names) where !names.isEmpty:
        " of \(names.joined(separator: ", "))"
      default: query.map { " \"\(Self.line($0))\"" } ?? ""
      }
    let demands =
      comparisons.map { $0.text(inclusiveBetween: false) }.joined(separator: " and ")
      + (mustBe.map { "\($0)" } ?? "")
    let unit = isPercent ? " percent" : ""
    return "\(name)\(subject)\(demands.isEmpty ? "" : ": \(demands)\(unit)")"
  }

  /// A query without its line breaks.
  package static func line(_ query: String) -> String {
    query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
