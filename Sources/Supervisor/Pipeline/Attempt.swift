package import JSON

/// What one attempt came to.
package struct Attempt: Sendable {
  package var ends: [Diagnosis.End]
  package var diagnosis: Diagnosis
  package var meters: [Meter]
  /// The last STATE that the target said it has committed; nil if it said none.
  package var state: JSONValue?
  package var states: Int
  /// How often each stage was the one that the others waited for.
  package var slow: [Int]
  /// The most that each stage used; nil where nobody looked, since there is no limit.
  package var peaks: [Resources]?
  /// How long each stage has waited.
  package var waits: [Waits]
  /// Lines of standard error per stage that were not shown.
  package var dropped: [Int]
  /// What each stage measured and told on standard error.
  package var metrics: [StageMetrics]
  package var seconds: Double
  package var started: String
}
