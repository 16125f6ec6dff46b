internal import Contracts
internal import JSON

/// One query, and what its result must be.
struct TableQuery {
  var check: TestCheck
  /// The objects whose tables it reads.
  var objects: [String]
  var text = ""
  var comparisons: [QualityRule.Comparison] = []
  /// The text or the truth that the result must be, or must not be.
  var mustBe: JSONValue?
  var mustNotBe: JSONValue?
  var isPercent = false
  var isWarning = false
  /// What is expected, where the operators do not say it best.
  var words: String?
  /// Why it cannot be run.
  var obstacle: String?
  /// Why it must not be run, which its author can mend.
  var refusal: String?
  /// Whether we have written it, so that its failure is not the contract's.
  var isOurs = false

  init(check: TestCheck, objects: [String]) {
    self.check = check
    self.objects = objects
  }
}
