internal import Glibc

/// One place on the network that a plugin may reach: `db.example.com:5432`, `*.example.com:443`.
package struct HostGrant: Hashable, Sendable {
  /// A name in lower case, or an address.
  ///
  /// `*.` before a name stands for every one below, `*` alone for all. An address of IPv6 stands
  /// without brackets, in its usual form.
  package let host: String
  package let port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host.lowercased()
    self.port = port
  }

  /// Reads a host with a port, or alone, which means port 443; nil for anything else.
  ///
  /// An address of IPv6 stands in brackets: `[::1]:5432`.
  package init?(_ text: String) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      guard let host = Self.address6(text[..<end].dropFirst()),
        let port = rest.isEmpty ? 443 : rest.hasPrefix(":") ? UInt16(rest.dropFirst()) : nil,
        port > 0
      else { return nil }
      self.init(host: host, port: port)
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let host = parts.first, Self.isName(host) else { return nil }
    guard let port = parts.count == 2 ? UInt16(parts[1]) : 443, port > 0 else { return nil }
    self.init(host: String(host), port: port)
  }

  package var isWildcard: Bool { host.hasPrefix("*") }

  /// Whether it is an address of IPv6.
  var isAddress6: Bool { host.contains(":") }
  /// Whether it is an address of IPv4 of one machine, which is not loopback's own.
  var isFurtherAddress: Bool {
    Self.address(host).map { (1..<224).contains($0 >> 24) && $0 >> 24 != 127 } ?? false
  }

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

  /// An address of IPv6 in its usual form; nil for other text, and for one that is not of one machine
  /// or means one of IPv4.
  private static func address6(_ text: some StringProtocol) -> String? {
    var address = in6_addr()
    var usual = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // SAFETY: an address is written to the one, and a text for which there is room to the other.
    guard unsafe inet_pton(AF_INET6, String(text), &address) == 1,
      unsafe inet_ntop(AF_INET6, &address, &usual, socklen_t(usual.count)) != nil
    else { return nil }
    let result = String(decoding: usual.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    return result.contains(".") || result == "::" || result.hasPrefix("ff") ? nil : result
  }

  /// An address of IPv6 in brackets, as it stands before a port; other text as it is.
  static func bracketed(_ text: String) -> String {
    text.contains(":") && address6(text) != nil ? "[\(text)]" : text
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
  package var description: String { isAddress6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
