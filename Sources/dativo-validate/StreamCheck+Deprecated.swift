import Contracts
import JSONSchema

// SAFETY, for the whole file: captures lie in the record that was just checked.

extension StreamCheck {
  /// Whether a deprecated field of the record that the fast check has just passed was not met before,
  /// or weighs more than a warning: the exact check tells of it.
  func isFirstDeprecated(_ object: ObjectCheck, _ fast: borrowing FastCheck) -> Bool {
    for (pointer, number) in object.deprecated where Self.isCaptured(number, fast) {
      if violations[Self.key(pointer)] == nil { return true }
    }
    return false
  }

  /// Counts the deprecated fields of that record.
  func countDeprecated(_ object: ObjectCheck, _ fast: borrowing FastCheck) {
    for (pointer, number) in object.deprecated where Self.isCaptured(number, fast) {
      violations[Self.key(pointer)]?.count += 1
    }
  }

  private static func isCaptured(_ number: Int, _ fast: borrowing FastCheck) -> Bool {
    guard let capture = fast.capture(number) else { return false }
    return unsafe capture.start.pointee != 0x6E
  }

  private static func key(_ pointer: String) -> RuleKey {
    RuleKey(rule: "deprecated", code: nil, pointer: pointer, severity: .warning)
  }
}
