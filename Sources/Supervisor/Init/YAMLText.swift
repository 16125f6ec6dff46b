internal import Contracts
internal import JSON

/// Text as a YAML value.
enum YAMLText {
  /// Without quotes where no reader, YAML 1.1 included, takes it for anything else.
  static func quoted(_ text: String) -> String {
    YAMLWriter.isPlain(text) ? text : JSONValue.string(text).encoded()
  }
}
