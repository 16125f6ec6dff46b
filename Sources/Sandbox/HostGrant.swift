/// One place on the network that a plugin may reach: `db.example.com:5432`, `*.example.com:443`.
package struct HostGrant: Hashable, Sendable {
  /// In lower case; `*.` before it stands for every name below, `*` alone for every name.
  package let host: String
  package let port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host.lowercased()
    self.port = port
  }

  /// Reads a host with a port, or alone, which means port 443; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let host = parts.first, Self.isName(host) else { return nil }
    guard let port = parts.count == 2 ? UInt16(parts[1]) : 443, port > 0 else { return nil }
    self.init(host: String(host), port: port)
  }

  package var isWildcard: Bool { host.hasPrefix("*") }

  /// Whether it stands for this name.
  package func covers(_ name: String) -> Bool {
    if host == "*" { return true }
    return isWildcard ? name.hasSuffix(host.dropFirst()) && name.count >= host.count : name == host
  }

  /// Whether it allows all that `other` does.
  package func covers(_ other: HostGrant) -> Bool {
    port == other.port && (host == other.host || covers(other.host))
  }

  /// The number of an IPv4 address; nil for a name.
  package static func address(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, !parts.contains(nil) else { return nil }
    return parts.compactMap(\.self).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func isName(_ text: Substring) -> Bool {
    if text == "*" { return true }
    let name = text.hasPrefix("*.") ? text.dropFirst(2) : text
    return !name.isEmpty && name.utf8.count <= 253 && name.contains { $0 != "." }
      && name.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        default: false
        }
      }
  }
}

extension HostGrant: CustomStringConvertible {
  package var description: String { "\(host):\(port)" }
}
