internal import JSON

extension ContractDiff {
  /// Rules by what they are about; of several the ones that are the same in most belong together.
  mutating func compare(_ old: [QualityRule], _ new: [QualityRule], _ place: String) {
    var gone = old
    var come = new
    let likenesses: [(QualityRule, QualityRule) -> Bool] = [
      { $0.document == $1.document }, { $0.summary == $1.summary }, { $0.subject == $1.subject },
    ]
    for isAlike in likenesses {
      for rule in gone {
        guard let match = come.firstIndex(where: { isAlike(rule, $0) }),
          let index = gone.firstIndex(where: { $0.document == rule.document })
        else { continue }
        compare(gone.remove(at: index), come.remove(at: match), place)
      }
    }
    for rule in gone {
      add(place, "the rule \(rule.summary) was removed", breaks: rule.isWarning ? [] : .readers)
    }
    for rule in come {
      let isMild = rule.isWarning || rule.isUnjudged
      add(place, "the rule \(rule.summary) is new", breaks: isMild ? [] : .writers)
    }
  }

  /// Two rules about the same.
  private mutating func compare(_ old: QualityRule, _ new: QualityRule, _ place: String) {
    let scope = old.scope(to: new)
    if old.summary != new.summary, scope != .same {
      let isMild = (old.isWarning && new.isWarning) || (old.isUnjudged && new.isUnjudged)
      add(
        place,
        "the rule \(old.summary) changed to \(new.summary)",
        breaks: isMild ? [] : scope.breaks
      )
    }
    if old.isWarning != new.isWarning {
      let (before, after) = new.isWarning ? ("error", "warning") : ("warning", "error")
      add(
        place,
        "the severity of the rule \(new.summary) changed from \(before) to \(after)",
        breaks: new.isWarning ? .readers : .writers
      )
    } else if old.document != new.document, scope == .same {
      addWords(place, "the rule \(new.summary) is described otherwise")
    }
  }
}

extension QualityRule {
  /// Whether nothing judges it, here or on tables.
  fileprivate var isUnjudged: Bool {
    if case .skipped = metric { query == nil } else { false }
  }

  /// What the rule is about, without what it demands: rules of one subject are versions of one rule.
  fileprivate var subject: String {
    let about =
      switch metric {
      case .duplicateValues(let names): names.sorted().joined(separator: ",")
      case .skipped: query.map(Self.line) ?? document["description"]?.string ?? ""
      default: ""
      }
    return "\(name)|\(about)|\(isPercent)"
  }

  /// How what `new` lets pass stands to what this rule does, both about the same.
  fileprivate func scope(to new: QualityRule) -> ValueScope {
    guard mustBe == new.mustBe, mustNotBe == new.mustNotBe else { return .other }
    let bounds = Self.scope(comparisons, new.comparisons)
    switch (metric, new.metric) {
    case (.missingValues(let before), .missingValues(let after)):
      return offences(Set(before), Set(after), isGood: false).and(bounds)
    case (.invalidValues(let before, let old), .invalidValues(let after, let pattern)):
      let lists = [before, after].map { $0.map(Set.init) }
      let values = ValueScope(lists[0], lists[1])
      let patterns: ValueScope =
        old == pattern ? .same : ValueScope(narrows: pattern != nil, widens: old != nil)
      let both = values.and(patterns)
      return (both == .same || countsAtMost ? both : .other).and(bounds)
    default: return bounds
    }
  }

  /// The more values count, the fewer pass.
  private func offences(
    _ old: Set<JSONValue>,
    _ new: Set<JSONValue>,
    isGood: Bool
  ) -> ValueScope {
    let scope = ValueScope(narrows: !old.isSuperset(of: new), widens: !new.isSuperset(of: old))
    return scope == .same || countsAtMost ? scope : .other
  }

  /// Whether the count is only held from above: less of what counts is never worse.
  private var countsAtMost: Bool {
    comparisons.allSatisfy { comparison in
      switch comparison {
      case .less, .lessOrEqual: true
      case .equal(let bound): bound == JSONNumber(0)
      default: false
      }
    }
  }

  private static func scope(_ old: [Comparison], _ new: [Comparison]) -> ValueScope {
    guard Set(old) != Set(new) else { return .same }
    guard let before = Range(old), let after = Range(new) else { return .other }
    return ValueScope(before.low, after.low, isLower: true)
      .and(ValueScope(before.high, after.high, isLower: false))
  }

  /// What comparisons leave, where that is all between two bounds.
  private struct Range {
    var low: Limit<JSONNumber>?
    var high: Limit<JSONNumber>?

    init?(_ comparisons: [Comparison]) {
      for comparison in comparisons {
        switch comparison {
        case .greater(let bound): raise(bound, isExclusive: true)
        case .greaterOrEqual(let bound): raise(bound, isExclusive: false)
        case .less(let bound): lower(bound, isExclusive: true)
        case .lessOrEqual(let bound): lower(bound, isExclusive: false)
        case .equal(let bound):
          raise(bound, isExclusive: false)
          lower(bound, isExclusive: false)
        case .between(let first, let last):
          raise(first, isExclusive: true)
          lower(last, isExclusive: true)
        case .notEqual, .notBetween: return nil
        }
      }
    }

    private mutating func raise(_ bound: JSONNumber, isExclusive: Bool) {
      let limit = Limit(bound, isExclusive: isExclusive)
      if low?.precedes(limit, isLower: true) ?? true { low = limit }
    }

    private mutating func lower(_ bound: JSONNumber, isExclusive: Bool) {
      let limit = Limit(bound, isExclusive: isExclusive)
      if high.map({ limit.precedes($0, isLower: false) }) ?? true { high = limit }
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
      + (mustBe.map { $0.encoded() } ?? mustNotBe.map { "anything but \($0.encoded())" } ?? "")
    let unit = isPercent ? " percent" : ""
    return "\(name)\(subject)\(demands.isEmpty ? "" : ": \(demands)\(unit)")"
  }

  /// A query without its line breaks.
  package static func line(_ query: String) -> String {
    query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
