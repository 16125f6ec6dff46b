import Contracts
import JSON
import JSONSchema
import Posix

// SAFETY, for the whole file: captures lie in the record that was just checked.

/// The newest value of a property that must be fresh.
struct Newest {
  let rule: Freshness
  /// The capture under which the fast check keeps the property's place.
  let capture: Int
  private(set) var instant: Calendar.Instant?

  init(_ rule: Freshness, capture: Int) {
    self.rule = rule
    self.capture = capture
  }

  mutating func note(_ text: Span<UInt8>) {
    guard let found = rule.temporal.instant(text) else { return }
    if let instant, !instant.precedes(found) { return }
    instant = found
  }

  /// What came of it; nil where no record had a value.
  ///
  /// A breach is told, and refuses no record: data that is late is still right.
  func result(now: UInt64) -> EndResult? {
    guard let instant else { return nil }
    // A time without zone is taken for UTC.
    let seconds = instant.days * 86400 - (instant.offset ?? 0)
    let then = Double(seconds) + Double(instant.nanoseconds) / 1e9
    let age = Double(now) / 1e9 - then
    return EndResult(
      rule: rule.rule,
      pointer: Pointer.append("", rule.field),
      actual: JSONNumber(age.rounded()) ?? JSONNumber(0),
      isPercent: false,
      expected: "at most \(rule.promise)",
      isBroken: age > rule.limit,
      isWarning: true,
      unit: "seconds"
    )
  }
}

extension StreamCheck {
  /// Looks at the dates of the record that the fast check has just passed.
  func noteCapturedDates(_ fast: borrowing FastCheck) {
    for index in newest.indices {
      guard let capture = fast.capture(newest[index].capture),
        unsafe capture.start.pointee == 0x22
      else { continue }
      let count = unsafe capture.end - capture.start - 2
      let text = unsafe UnsafeBufferPointer(start: capture.start + 1, count: count)
      unsafe newest[index].note(text.span)
    }
  }

  /// Looks at the dates of a record that was read as a tree.
  func noteDates(_ record: JSONObject) {
    for index in newest.indices {
      guard let text = record[newest[index].rule.field]?.string else { continue }
      newest[index].note(text.utf8.span)
    }
  }

  /// Judges how fresh the stream is.
  func judgeFreshness() {
    for one in newest {
      if var result = one.result(now: Clock.wall) {
        result.isHidden = masking?.isMasked(one.rule.field) ?? false
        endings.append(result)
      } else {
        let pointer = Pointer.append("", one.rule.field)
        let reason = "no record had a value"
        skipped.append(.init(rule: one.rule.rule, pointer: pointer, reason: reason))
      }
    }
  }
}
