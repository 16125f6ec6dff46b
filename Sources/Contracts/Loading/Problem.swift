/// What is wrong with a contract file, and where.
package struct Problem: Hashable, Sendable {
  /// Whether the contract can be used all the same.
  package enum Severity: String, Hashable, Sendable {
    case error, warning
  }

  package let severity: Severity
  /// The line and the column, both from 1.
  package let line: Int
  package let column: Int
  /// What is wrong, in one sentence without a full stop.
  package let message: String
  /// What to write instead, if that is known.
  package let hint: String?

  package init(
    _ severity: Severity,
    _ mark: YAMLNode.Mark,
    _ message: String,
    hint: String? = nil
  ) {
    self.severity = severity
    line = mark.line
    column = mark.column
    self.message = message
    self.hint = hint
  }
}
