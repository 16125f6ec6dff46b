internal import JSON

/// What all texts of a field have in common.
struct TextProfile {
  /// In code points.
  private(set) var lengths: ClosedRange<Int>?
  /// The forms that every text so far has.
  private(set) var forms = TextForm.allCases
  /// How often each text came; nil once there are too many to be a list of choices.
  private(set) var choices: [ExactText: Int]? = [:]

  /// More choices than that are data.
  static let choiceLimit = 24
  /// Longer texts are no choices, in bytes.
  private static let choiceLength = 64

  mutating func add(_ text: String) {
    let length = text.unicodeScalars.count
    lengths =
      min(lengths?.lowerBound ?? length, length)...max(lengths?.upperBound ?? length, length)
    if !forms.isEmpty { forms.removeAll { !$0.fits(text) } }
    guard choices != nil else { return }
    choices?[ExactText(text), default: 0] += 1
    if text.utf8.count > Self.choiceLength || (choices?.count ?? 0) > Self.choiceLimit {
      choices = nil
    }
  }

  /// The one form that can be told; day and month first alike cannot.
  var form: TextForm? {
    if forms.contains(.day) { return .day }
    return forms.first { $0.twin.map { !forms.contains($0) } ?? true }
  }

  /// Whether the texts are dates of which day and month cannot be told apart.
  var isAmbiguous: Bool { form == nil && !forms.isEmpty }
}
