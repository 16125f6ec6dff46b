import JSON

/// Texts for messages that show what the user may copy.
enum JSONText {
  /// The text as JSON has it, quotes included.
  static func quoted(_ text: String) -> String { JSONValue.string(text).encoded() }
}
