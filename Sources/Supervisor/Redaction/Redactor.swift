package import JSON
internal import Telemetry

/// Takes secrets out of text, in whatever form they stand there.
package struct Redactor: Sendable {
  /// The forms of all secrets.
  let forms: Set<String>
  private let mask: TextMask
  /// The length of the longest form.
  package var reach: Int { mask.reach }

  package init(_ secrets: SecretValues = SecretValues()) {
    forms = secrets.values.reduce(into: Set<String>()) { $0.formUnion(SecretForms.all($1)) }
    mask = TextMask(forms)
  }

  /// The text without secrets.
  package func applied(to text: String) -> String { mask.applied(to: text) }

  /// Every text in a value without secrets; the names of members stay.
  package func applied(to value: JSONValue) -> JSONValue { mask.applied(to: value) }

  /// The bytes without secrets; nil where there are none in them.
  package func applied(to bytes: [UInt8]) -> [UInt8]? { mask.applied(to: bytes) }
}
