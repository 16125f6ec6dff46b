/// What one run of a plugin is granted: a plain value, all settings filled in.
package struct Policy: Hashable, Sendable {
  package enum Network: Hashable, Sendable {
    /// These places and no others; none for no network.
    case hosts([HostGrant])
    /// All that the machine reaches.
    case all
  }

  package var network = Network.hosts([])
  /// Files and folders that may be read, beside what every program needs.
  package var reads: [String] = []
  /// Files and folders that may be written to.
  package var writes: [String] = []
  /// Files and folders in those that are kept from it.
  package var hidden: [String] = []
  package var limits = Limits()

  package init() {}

  /// The places on the network; empty where it has all, or none.
  package var hosts: [HostGrant] {
    if case .hosts(let hosts) = network { hosts } else { [] }
  }

  /// In a few words, for the log.
  package var summary: String {
    var parts: [String] = []
    switch network {
    case .all: parts.append("network: all")
    case .hosts(let hosts):
      let names = hosts.map(\.description).joined(separator: ", ")
      parts.append("network: \(hosts.isEmpty ? "none" : names)")
    }
    if !reads.isEmpty { parts.append("reads \(reads.joined(separator: ", "))") }
    if !writes.isEmpty { parts.append("writes \(writes.joined(separator: ", "))") }
    return parts.joined(separator: "; ")
  }
}
