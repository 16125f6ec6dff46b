/// What every program may read.
enum SystemFolders {
  /// Programs and libraries.
  static let programs = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

  /// What libraries look up, none of it secret.
  static let settings = [
    "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/alternatives", "/etc/ld.so.cache",
    "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/services",
  ]

  /// How names are looked up, where the network is not our own.
  static let names = ["/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"]

  /// Of the kernel's own files, for Landlock.
  static let kernel = [
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg",
    "/proc/version", "/proc/filesystems", "/proc/sys/vm/overcommit_memory",
    "/proc/sys/kernel/ngroups_max", "/proc/sys/kernel/random", "/sys/fs/cgroup/cpu.max",
    "/sys/devices/system/cpu", "/dev/zero", "/dev/random", "/dev/urandom",
  ]

  /// Whether `path` is one of theirs.
  static func hold(_ path: String) -> Bool {
    (programs + settings).contains { Place.isInside(path, $0) }
  }
}

/// What a program looks into whatever it does.
package enum SystemPlaces {
  /// Whether `path` says nothing of a program: the system's, the kernel's, and settings of libraries.
  package static func hold(_ path: String) -> Bool {
    SystemFolders.hold(path) || path == "/" || path == "/etc" || path == "/tmp"
      || (SystemFolders.names + ["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"]).contains(path)
      || ["/proc", "/dev", "/sys"].contains { Place.isInside(path, $0) }
  }
}

/// Paths, by their words alone.
package enum Place {
  /// Whether `path` is `folder` or lies in it.
  package static func isInside(_ path: String, _ folder: String) -> Bool {
    path == folder || folder == "/" || path.hasPrefix("\(folder)/")
  }

  /// Without `.`, `..` and doubled slashes, from `folder` where it is relative.
  package static func absolute(_ path: String, from folder: String) -> String {
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") {
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// Without those that lie in another one; shorter ones first.
  package static func outermost(_ paths: [String]) -> [String] {
    var kept: [String] = []
    for path in Set(paths).sorted(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) })
    where !kept.contains(where: { isInside(path, $0) }) { kept.append(path) }
    return kept
  }
}
