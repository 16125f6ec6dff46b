package import JSON

/// A secret value: text, a number, or a whole document of them.
///
/// Whatever prints, dumps or interpolates it shows that it is hidden; `revealed` is the one way to
/// what it holds, so that each place where a secret leaves this type can be found by name.
package struct Secret: Sendable {
  private let value: JSONValue

  package init(_ value: JSONValue) { self.value = value }

  /// What it holds; for a plugin's configuration and the redactor alone.
  package func revealed() -> JSONValue { value }

  /// What it holds, as it stands within a longer text.
  package func revealedText() -> String { value.string ?? value.encoded() }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "secret (hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
