package import JSON

/// What a number must fulfil besides being one; everything exact.
package struct NumberRules: Hashable, Sendable {
  package var minimum: JSONNumber?
  package var maximum: JSONNumber?
  package var exclusiveMinimum: JSONNumber?
  package var exclusiveMaximum: JSONNumber?
  package var multipleOf: JSONNumber?
  /// The range that a named width has, and the name, such as `i32`.
  package var width: Width?

  /// A named range of numbers.
  package struct Width: Hashable, Sendable {
    package let name: String
    package let lowest: JSONNumber
    package let highest: JSONNumber

    package init(_ name: String, _ lowest: JSONNumber, _ highest: JSONNumber) {
      self.name = name
      self.lowest = lowest
      self.highest = highest
    }
  }

  package init() {}

  /// Whether every number is fine.
  package var isEmpty: Bool { self == NumberRules() }

  /// Adds what `number` breaks.
  package func check(_ number: JSONNumber, _ pointer: String, _ findings: inout [Finding]) {
    func report(_ rule: String, _ expected: String) {
      findings.append(Finding(rule, at: pointer, expected: expected, value: .number(number)))
    }
    if let minimum, number < minimum { report("minimum", "at least \(minimum.text)") }
    if let maximum, maximum < number { report("maximum", "at most \(maximum.text)") }
    if let bound = exclusiveMinimum, !(bound < number) {
      report("exclusiveMinimum", "more than \(bound.text)")
    }
    if let bound = exclusiveMaximum, !(number < bound) {
      report("exclusiveMaximum", "less than \(bound.text)")
    }
    if let multipleOf, !number.decimal.isMultiple(of: multipleOf.decimal) {
      report("multipleOf", "a multiple of \(multipleOf.text)")
    }
    if let width, number < width.lowest || width.highest < number {
      report("format", "\(width.name): \(width.lowest.text) to \(width.highest.text)")
    }
  }
}
