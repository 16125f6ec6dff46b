internal import JSON

/// Which of the records that wait are meant.
package struct QuarantineFilter: Sendable {
  /// A run, with all its attempts, or one of them.
  package var run: String?
  package var stream: String?
  package var rule: String?
  /// Whether those that were replayed, or come again, are meant, too.
  package var includesDone: Bool

  package init(
    run: String? = nil,
    stream: String? = nil,
    rule: String? = nil,
    includesDone: Bool = false
  ) {
    self.run = run
    self.stream = stream
    self.rule = rule
    self.includesDone = includesDone
  }

  func takes(_ part: QuarantinePart) -> Bool {
    guard includesDone || !part.isDone else { return false }
    return run.map { part.run == $0 || part.run.hasPrefix("\($0).") } ?? true
  }

  func takes(_ line: QuarantineLine, of part: QuarantinePart) -> Bool {
    if let stream, line.stream != stream { return false }
    if !includesDone, !part.waits(line: line.number, stream: line.stream) { return false }
    guard let rule else { return true }
    return line.violations.contains { $0["rule"]?.string == rule }
  }
}
