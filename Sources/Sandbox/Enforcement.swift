/// What is enforced for a plugin here, and what is not; one line.
package struct Enforcement: Hashable, Sendable {
  package let backend: Backend
  package private(set) var enforced: [String] = []
  /// What this backend cannot stop on this machine.
  package private(set) var missing: [String] = []

  package init(_ backend: Backend, _ machine: Machine, _ policy: Policy) {
    self.backend = backend
    enforced = ["files", "system calls", "no new privileges", "no capabilities"]
    if machine.isRoot {
      if machine.becomes {
        enforced.append("another user")
      } else {
        missing.append("it stays root, without capabilities")
      }
    }
    processes(machine)
    network(machine, policy)
    limits(machine, policy)
  }

  private mutating func processes(_ machine: Machine) {
    if backend == .bubblewrap {
      enforced += ["processes of others unseen", "dies with its parent"]
      return
    }
    enforced += ["no tracing", "dies with its parent", "no Unix sockets"]
    if machine.landlock >= 6 {
      enforced += ["no signals to others", "no abstract sockets of others"]
    } else {
      missing += ["signals to processes of the same user", "abstract sockets of others"]
    }
    if machine.landlock < 3 { missing.append("truncating files that may be read") }
    missing.append("it sees the numbers of other processes")
    if !machine.ownsNamespaces {
      missing.append("its temporary files lie on disk, without a bound")
    }
  }

  private mutating func network(_ machine: Machine, _ policy: Policy) {
    switch policy.network {
    case .all: missing.append("the network, which its policy grants")
    case .hosts where machine.ownsNamespaces: enforced.append("network")
    case .hosts(let hosts) where hosts.isEmpty: enforced.append("network")
    case .hosts:
      if machine.landlock >= 4 {
        enforced.append("TCP ports")
        missing.append("hosts: any is reached at the granted ports, and by UDP")
      } else {
        missing.append("network")
      }
    }
  }

  private mutating func limits(_ machine: Machine, _ policy: Policy) {
    let group = ControlGroup(policy.limits, name: "dativo-probe.\(Launch.own)")
    let grouped = group.limits
    let isGrouped = grouped.contains("memory")
    enforced += [isGrouped ? "memory" : "memory (looked at every 0.1 s)", "processes"]
    if policy.limits.cpu != nil {
      if grouped.contains("cpu") { enforced.append("cpu") } else { missing.append("cpu") }
    }
  }

  package var text: String {
    let lacks = missing.isEmpty ? "" : "; not enforced: \(missing.joined(separator: ", "))"
    return "\(backend.rawValue) enforces \(enforced.joined(separator: ", "))\(lacks)"
  }
}
