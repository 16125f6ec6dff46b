package import JSON

/// What lies at a place: a document of keys, or one value.
package struct SecretDocument: Sendable {
  /// An object, or any other value.
  package let content: Secret
  /// By the backend's own name; nil where it has none.
  package let version: String?

  package init(_ content: JSONValue, version: String? = nil) {
    self.content = Secret(content)
    self.version = version
  }

  /// A secret whose text may be a JSON object.
  init(text: String, version: String?) {
    let object = text.first == "{" ? (try? JSONValue.parse(text))?.object : nil
    self.init(object.map { .object($0) } ?? .string(text), version: version)
  }
}

/// A store of secrets.
///
/// There is one file for each, and all pass the same conformance suite
/// (`Tests/Interop/test_secret_backends.py`).
///
/// A backend retries what may pass by itself and logs in anew where its login has ended; it neither
/// caches nor knows of fallbacks: `SecretStore` does.
package protocol SecretBackend: Sendable {
  /// How messages call it: the kind, and where it is.
  var name: String { get }

  /// Whether it takes values back.
  var canWrite: Bool { get }

  /// The name of a place in the backend itself, for messages and listings.
  func shown(_ place: SecretPlace) -> String

  /// What lies at a place; nil where nothing does.
  func read(_ place: SecretPlace, version: String?) throws(SecretError) -> SecretDocument?

  /// Puts a value in the place of a document's `key`, or of the whole secret where that is nil.
  ///
  /// The other keys of the document stay as they are, also if somebody else changes one meanwhile
  /// where the backend can tell.
  func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError)
}

extension SecretBackend {
  /// The document with one key, or the whole, replaced.
  static func replaced(_ old: SecretDocument?, key: String?, by value: JSONValue) -> JSONValue {
    guard let key else { return value }
    var object = old?.content.revealed().object ?? JSONObject()
    object[key] = value
    return .object(object)
  }
}
