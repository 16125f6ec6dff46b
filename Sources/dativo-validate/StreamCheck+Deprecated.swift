import Contracts
import JSONSchema

// SAFETY, for the whole file: captures lie in the record that was just checked.

extension StreamCheck {
  /// Whether a deprecated field of the record that the fast check has just passed was not met before,
  /// or weighs more than a warning: the exact check tells of it.
  func isFirstDeprecated(_ object: ObjectCheck) -> Bool {
    object.deprecated.contains { pointer, number in
      isCaptured(number) && violations[Self.key(pointer)] == nil
    }
  }

  /// Counts the deprecated fields of that record.
  func countDeprecated(_ object: ObjectCheck) {
    for (pointer, number) in object.deprecated where isCaptured(number) {
      violations[Self.key(pointer)]?.count += 1
    }
  }

  private func isCaptured(_ number: Int) -> Bool {
    guard let capture = fast?.capture(number) else { return false }
    return unsafe capture.start.pointee != 0x6E
  }

  private static func key(_ pointer: String) -> RuleKey {
    RuleKey(rule: "deprecated", code: nil, pointer: pointer, severity: .warning)
  }
}
