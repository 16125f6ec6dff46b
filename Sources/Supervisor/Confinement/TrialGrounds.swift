internal import JSON
internal import Posix
internal import Sandbox

/// What decides which backend of confinement works: while all of it is as it was, the trial need not
/// be repeated.
enum TrialGrounds {
  /// Nil where the kernel does not tell who it is.
  static func of(_ launcher: String) -> JSONObject? {
    guard let boot = text("/proc/sys/kernel/random/boot_id"),
      let status = text("/proc/self/status"),
      let program = ProgramGrounds.of(launcher)
    else { return nil }
    // A container has the kernel of its host, but other rights, filters and name spaces.
    let rights = status.split(separator: "\n").filter { line in
      ["Uid", "Cap", "NoNewPrivs", "Seccomp"].contains { line.hasPrefix($0) }
    }
    var grounds: JSONObject = [
      "boot": .string(boot), "launcher": .object(program),
      "rights": .array(rights.map { .string(String($0)) }),
    ]
    if let bubblewrap = Enclosing.machine.bubblewrap {
      grounds["bubblewrap"] = ProgramGrounds.of(bubblewrap).map { .object($0) }
    }
    for name in ["user", "mnt", "pid", "net"] {
      let link = Files.target(ofLink: "/proc/self/ns/\(name)")
      grounds["\(name) namespace"] = link.map { .string($0) }
    }
    for path in switches { grounds[path] = text(path).map { .string($0) } }
    return grounds
  }

  /// What an administrator allows or forbids user namespaces by.
  private static let switches = [
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/user/max_mnt_namespaces",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
  ]

  private static func text(_ path: String) -> String? {
    (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
  }
}
