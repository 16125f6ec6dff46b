/// Where a secret is sought: among those of one tenant, or among those of all.
///
/// Only this module makes places, and each has its scope in front: a path cannot reach another.
package struct SecretPlace: Hashable, Sendable {
  package enum Scope: Hashable, Sendable {
    case tenant(String)
    case global

    /// The folders in front of the path.
    var folders: [String] {
      switch self {
      case .tenant(let name): ["tenants", name]
      case .global: ["global"]
      }
    }

    /// The word for it in listings.
    package var word: String { if case .tenant = self { "tenant" } else { "global" } }
  }

  package let scope: Scope
  package let path: [String]

  init(_ scope: Scope, _ path: [String]) {
    self.scope = scope
    self.path = path
  }

  /// With slashes, the scope in front.
  package var text: String { (scope.folders + path).joined(separator: "/") }

  /// The tenant as names without slashes have it: letters, digits and `-` stand for themselves,
  /// every other sign is `_` and two digits, so that no two tenants share a name and none has `__`.
  static func flat(tenant: String, keeps isKept: (UInt8) -> Bool) -> String {
    tenant.utf8.reduce(into: "") { result, byte in
      if isKept(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "_0\(digits)" : "_\(digits)"
      }
    }
  }
}
