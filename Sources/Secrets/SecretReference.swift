/// A reference to a secret: `${secret:path/key}`, of another backend `${secret:NAME:path/key}`, of
/// one version `${secret:path/key?version=2}`.
///
/// The last component is a key of the document at the path before it; where no document lies there,
/// the whole path names a secret of one value.
package struct SecretReference: Hashable, Sendable {
  /// The backend by name; nil for the configured one.
  package let backend: String?
  package let path: SecretPath
  /// A version or a stage, by the backend's own names; nil for the newest.
  package let version: String?

  /// Reads what stands between `${secret:` and `}`.
  package init(_ text: String) throws(SecretPath.Problem) {
    var rest = text[...]
    if let mark = rest.firstIndex(of: ":") {
      let name = String(rest[..<mark])
      let isName = name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
      }
      guard isName, !name.isEmpty else {
        throw SecretPath.Problem(message: "\"\(name)\" cannot name a backend")
      }
      backend = name
      rest = rest[rest.index(after: mark)...]
    } else {
      backend = nil
    }
    if let mark = rest.firstIndex(of: "?") {
      let option = rest[rest.index(after: mark)...]
      let value = option.dropFirst("version=".count)
      let isPlain = value.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      }
      guard option.hasPrefix("version="), !value.isEmpty, value.count <= 64, isPlain else {
        throw SecretPath.Problem(message: "after \"?\" only \"version=…\" can stand")
      }
      version = String(value)
      rest = rest[..<mark]
    } else {
      version = nil
    }
    path = try SecretPath(String(rest))
  }

  /// As it is written.
  package var text: String {
    "${secret:\(backend.map { "\($0):" } ?? "")\(path.text)\(version.map { "?version=\($0)" } ?? "")}"
  }
}
