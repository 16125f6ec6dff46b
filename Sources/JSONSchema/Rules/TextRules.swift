internal import JSON

/// What a text must fulfil.
package struct TextRules {
  package var minLength: Int?
  package var maxLength: Int?
  package var pattern: Pattern?
  package var format: Format?

  package init() {}

  /// Whether every text is fine.
  package var isEmpty: Bool {
    minLength == nil && maxLength == nil && pattern == nil && format == nil
  }

  /// Adds what `text` breaks; lengths count code points.
  package func check(_ text: String, _ pointer: String, _ findings: inout [Finding]) {
    func report(_ rule: String, _ expected: String) {
      findings.append(Finding(rule, at: pointer, expected: expected, value: .string(text)))
    }
    if minLength != nil || maxLength != nil {
      let length = text.unicodeScalars.count
      if let minLength, length < minLength {
        report("minLength", "at least \(minLength) characters")
      }
      if let maxLength, length > maxLength {
        report("maxLength", "at most \(maxLength) characters")
      }
    }
    if let pattern, pattern.matches(text) == .no {
      report("pattern", "a match of \(pattern.source)")
    }
    if let format, !format.accepts(text.utf8.span) { report("format", format.expectation) }
  }
}
