internal import CLinux
internal import Children
internal import Glibc

/// What the kernel and the installation allow, found by trying.
package struct Machine: Sendable, Hashable {
  /// Whether we are root: then the plugin becomes another user first.
  package let isRoot: Bool
  /// Whether mounts and networks of one's own can be made: as root, or in a user namespace.
  package let ownsNamespaces: Bool
  /// Whether root may become another user.
  package let becomesOthers: Bool
  /// The version of Landlock; 0 for none.
  package let landlock: Int
  /// The bubblewrap executable.
  package let bubblewrap: String?

  /// Tries.
  package static func probe() -> Machine {
    let rights = clinux_rights()
    return Machine(
      isRoot: geteuid() == 0,
      ownsNamespaces: rights & CLINUX_MAY_OWN_NAMESPACES != 0,
      becomesOthers: rights & CLINUX_MAY_BECOME != 0,
      landlock: Int(clinux_landlock_version()),
      bubblewrap: Executable.find("bwrap", from: "/", path: "/usr/local/bin:/usr/bin:/bin")
    )
  }

  /// Root becomes a user of its own, so that nothing is shared with anybody; where what root owns
  /// could not be lent to it, root stays, without capabilities.
  var becomes: Bool { isRoot && becomesOthers && ownsNamespaces }

  /// Whether a backend can be tried at all; why not, otherwise.
  func obstacle(_ backend: Backend) -> String? {
    switch backend {
    case .bubblewrap:
      if bubblewrap == nil { return "bubblewrap is not installed" }
      return ownsNamespaces ? nil : "namespaces may not be made here"
    case .landlock: return landlock > 0 ? nil : "the kernel has no Landlock"
    }
  }
}
