/// The path of a secret as a reference names it: plain components, which lead downward only.
///
/// Backends put their own root and the tenant before it. What could lead elsewhere (`..`, an empty
/// component, a percent sign, a backslash, any sign but letters, digits, `_`, `-`, `.`) is no path.
package struct SecretPath: Hashable, Sendable {
  package let components: [String]

  /// Why a text is no path.
  package struct Problem: Error, Hashable, Sendable {
    package let message: String
  }

  package init(_ text: String) throws(Problem) {
    guard !text.isEmpty else { throw Problem(message: "it names no path") }
    guard !text.hasPrefix("/") else {
      throw Problem(message: "the path must not begin with \"/\": it starts at the tenant's own")
    }
    let components = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for component in components { try Self.check(component) }
    guard text.utf8.count <= 400 else { throw Problem(message: "the path is over 400 characters") }
    self.components = components
  }

  init(checked components: [String]) { self.components = components }

  private static func check(_ component: String) throws(Problem) {
    guard !component.isEmpty else { throw Problem(message: "a part of the path is empty") }
    guard !component.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) else {
      throw Problem(message: "\"\(component)\" would lead out of the tenant's secrets")
    }
    let stranger = component.unicodeScalars.first { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": false
      default: true
      }
    }
    if let stranger {
      throw Problem(message: "\"\(stranger)\" cannot stand in a path")
    }
  }

  /// With slashes.
  package var text: String { components.joined(separator: "/") }
}
