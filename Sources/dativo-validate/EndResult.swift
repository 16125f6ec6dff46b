import Contracts
import JSON
import JSONSchema

/// The outcome of a rule that was judged at the end of its stream.
struct EndResult {
  let rule: String
  let pointer: String
  let actual: JSONNumber
  let isPercent: Bool
  let expected: String
  let isBroken: Bool
  var isWarning: Bool
  /// Whether the number tells of a masked value, and must not be told.
  var isHidden = false
  /// What the number counts; nil for records.
  var unit: String?

  init(
    rule: String,
    pointer: String,
    actual: JSONNumber,
    isPercent: Bool,
    expected: String,
    isBroken: Bool,
    isWarning: Bool,
    unit: String
  ) {
    self.rule = rule
    self.pointer = pointer
    self.actual = actual
    self.isPercent = isPercent
    self.expected = expected
    self.isBroken = isBroken
    self.isWarning = isWarning
    self.unit = unit
  }

  /// A percentage with so many digits that no bound which a contract writes lies between it and the
  /// exact one.
  private static func percentage(_ count: Int, of read: Int) -> JSONNumber {
    guard read > 0 else { return JSONNumber(0) }
    var (whole, rest) = (count * 100).quotientAndRemainder(dividingBy: read)
    var text = "\(whole)."
    for _ in 0..<18 {
      (whole, rest) = (rest * 10).quotientAndRemainder(dividingBy: read)
      text += "\(whole)"
    }
    return JSONNumber(rest == 0 ? text : text + "1") ?? JSONNumber(0)
  }

  /// The rule in words.
  var message: String {
    let place = pointer.isEmpty ? "" : " of \(pointer)"
    if isHidden { return "\(rule)\(place) is too much, expected \(expected)" }
    return
      "\(rule)\(place) is \(actual.text)\(isPercent ? " percent" : unit.map { " \($0)" } ?? ""), expected \(expected)"
  }

  /// Judges `end` by what was counted; percentages are of all records that were read.
  init(_ end: ObjectCheck.EndRule, count: Int, read: Int, inclusiveBetween: Bool) {
    rule = end.rule.name
    pointer = end.pointer
    isPercent = end.rule.isPercent
    let value: JSONNumber
    if isPercent {
      let share = read == 0 ? 0 : Double(count) * 100 / Double(read)
      actual = JSONNumber((share * 1e6).rounded() / 1e6) ?? JSONNumber(0)
      value = Self.percentage(count, of: read)
    } else {
      actual = JSONNumber(count)
      value = actual
    }
    isBroken = !end.rule.comparisons.allSatisfy {
      $0.accepts(value, inclusiveBetween: inclusiveBetween)
    }
    expected = end.rule.comparisons.map { $0.text(inclusiveBetween: inclusiveBetween) }
      .joined(separator: " and ")
    isWarning = end.rule.isWarning
  }
}

extension StreamCheck {
  /// Judges the rules that concern the stream as a whole.
  func judgeEnd(inclusiveBetween: Bool) {
    for (place, count) in schema?.undecidedPatterns ?? [] {
      let reason = "\(count) values took more steps than a pattern may"
      skipped.append(ObjectCheck.Skipped(rule: "pattern", pointer: place, reason: reason))
    }
    guard let object else { return }
    if isCut {
      let reason = "the stream was cut at record_limit"
      skipped += object.endRules.map {
        ObjectCheck.Skipped(rule: $0.rule.name, pointer: $0.pointer, reason: reason)
      }
      return
    }
    endings = object.endRules.enumerated().map { index, end in
      var count = tallies[index]
      if case .rowCount = end.rule.metric { count = read }
      return EndResult(end, count: count, read: read, inclusiveBetween: inclusiveBetween)
    }
    judgeFreshness()
    for index in endings.indices {
      let end = endings[index]
      guard let weight = severities.severity(of: end.rule, at: end.pointer) else { continue }
      endings[index].isWarning = weight == .warning
    }
    for (pointer, count) in object.undecidedPatterns {
      let reason = "\(count) values took more steps than a pattern may"
      skipped.append(ObjectCheck.Skipped(rule: "pattern", pointer: pointer, reason: reason))
    }
  }
}
