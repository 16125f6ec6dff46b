package import JSON
internal import Posix

/// Secrets in variables of the supervisor's own environment, which no stage inherits.
///
/// `pg/password` of the tenant acme is `DATIVO_SECRET_ACME__PG__PASSWORD`, that of all
/// `DATIVO_SECRET___PG__PASSWORD`: no tenant's name, so that none can be taken for it. Small letters of a tenant's name are written large; every other
/// sign of it but digits as `_` and its two hexadecimal digits: acme-eu is ACME_2DEU.
package struct EnvironmentBackend: SecretBackend {
  package static let prefix = "DATIVO_SECRET_"
  private let lookup: @Sendable (String) -> String?

  package init(_ lookup: @escaping @Sendable (String) -> String? = { Environment.value($0) }) {
    self.lookup = lookup
  }

  package let name = "env"
  package let canWrite = false

  package func shown(_ place: SecretPlace) -> String {
    let tenant =
      switch place.scope {
      case .tenant(let name): Self.upper(name)
      case .global: ""
      }
    let path = place.path.map { part in
      String(part.map { $0.isLetter || $0.isNumber ? Character($0.uppercased()) : "_" })
    }
    return "\(Self.prefix)\(tenant)__\(path.joined(separator: "__"))"
  }

  private static func upper(_ tenant: String) -> String {
    // A capital is told from a small letter by its digits.
    let flat = SecretPlace.flat(tenant: tenant) { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    return flat.uppercased()
  }

  package func read(
    _ place: SecretPlace,
    version: String?
  ) throws(SecretError) -> SecretDocument? {
    guard let text = lookup(shown(place)), !text.isEmpty else { return nil }
    guard version == nil else { throw .unusable("env has no versions: \(shown(place))") }
    return SecretDocument(text: text, version: nil)
  }

  package func write(_: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    throw .unusable("env cannot keep a value: \(shown(place))")
  }
}
