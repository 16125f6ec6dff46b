internal import CLinux
internal import Glibc
internal import Posix

/// The words of bubblewrap for a policy; their order matters.
///
/// They are handed over through a descriptor, since process 1 inside shows its own to the plugin.
struct Bubblewrap {
  private(set) var words: [String] = []
  /// Files in memory that it reads, under the numbers that stand in `words`; the caller closes them.
  private(set) var files: [Int32] = []
  /// The one that holds the words themselves.
  private(set) var arguments: Int32 = -1

  init(
    _ program: Program,
    _ policy: Policy,
    _ own: [String],
    status: Int32
  ) throws(SandboxError) {
    let filter = try MemoryFile.filter(0)
    files.append(filter)
    words = [
      "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try",
      "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", "65534", "--gid", "65534",
      "--hostname", "plugin", "--clearenv",
    ]
    for (name, value) in program.variables(home: "/tmp").sorted(by: { $0.key < $1.key }) {
      words += ["--setenv", name, value]
    }
    system()
    try settings(policy)
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--size", "\(64 << 20)", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    words += ["--size", "\(policy.limits.filled.scratch ?? 0)", "--tmpfs", "/tmp"]
    grants(policy, own)
    words += ["--dir", program.folder, "--chdir", program.folder, "--remount-ro", "/"]
    words += ["--seccomp", "\(filter)", "--json-status-fd", "\(status)"]
    var text: [UInt8] = []
    for word in words { text += Array(word.utf8) + [0] }
    arguments = try MemoryFile.make("arguments", text)
    files.append(arguments)
  }

  /// Programs and libraries; `/bin` and its like are links on most systems, and folders on some.
  private mutating func system() {
    for folder in SystemFolders.programs {
      var status = stat()
      guard unsafe lstat(folder, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFLNK, let real = try? Files.real(folder) {
        words += ["--symlink", real, folder]
      } else {
        words += ["--ro-bind", folder, folder]
      }
    }
  }

  /// Folders are mounted; of files there are copies, since each mount takes its time.
  private mutating func settings(_ policy: Policy) throws(SandboxError) {
    words += ["--dir", "/etc"]
    let names = policy.network == .all ? SystemFolders.names : []
    for path in SystemFolders.settings + names {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        words += ["--ro-bind", path, path]
      } else if let bytes = try? Files.read(path) {
        try file(bytes, path)
      }
    }
    let texts = (policy.network == .all ? [] : NameFiles.contents) + NameFiles.users
    for (place, text) in texts { try file(Array(text.utf8), place) }
  }

  private mutating func file(_ bytes: [UInt8], _ place: String) throws(SandboxError) {
    let file = try MemoryFile.make(place, bytes)
    files.append(file)
    words += ["--perms", "0444", "--file", "\(file)", place]
  }

  /// From the outside inwards, so that what lies in another one comes after it.
  private mutating func grants(_ policy: Policy, _ own: [String]) {
    var kinds: [String: String] = [:]
    for path in own + policy.reads { kinds[path] = "--ro-bind-try" }
    for path in policy.writes { kinds[path] = "--bind" }
    for (path, option) in kinds.sorted(by: {
      ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key)
    })
    where option == "--bind" || !SystemFolders.hold(path) {
      words += [option, path, path]
    }
    for path in policy.hidden {
      var status = stat()
      guard unsafe stat(path, &status) == 0,
        kinds.keys.contains(where: { $0 != path && Place.isInside(path, $0) })
      else { continue }
      // What is granted by its own name, and below a hidden folder, comes back after it.
      if status.st_mode & S_IFMT == S_IFDIR {
        words += ["--perms", "0755", "--tmpfs", path]
        let inner = kinds.filter { $0.key != path && Place.isInside($0.key, path) }
        for (path, option) in inner.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
          words += [option, path, path]
        }
        words += ["--remount-ro", path]
      } else if kinds[path] == nil {
        words += ["--ro-bind", "/dev/null", path]
      }
    }
  }
}

/// Files without a name, which a child inherits.
enum MemoryFile {
  static func make(_ name: String, _ bytes: [UInt8]) throws(SandboxError) -> Int32 {
    // SAFETY: the bytes are lent for the call, which copies them.
    let raw = unsafe bytes.withUnsafeBytes {
      unsafe clinux_memory_file(name, $0.baseAddress, $0.count)
    }
    guard raw >= 0 else { throw .step("a file in memory", PosixError("memfd_create")) }
    return raw
  }

  /// The program of the system call filter.
  static func filter(_ flags: UInt32) throws(SandboxError) -> Int32 {
    var program = [UInt64](repeating: 0, count: 512)
    // SAFETY: at most as many as there are are written.
    let count = Int(unsafe clinux_filter(flags, &program, Int32(program.count)))
    guard count <= program.count else {
      throw .step("the system call filter", PosixError("seccomp", code: E2BIG))
    }
    let bytes = program.prefix(count).flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    return try make("filter", bytes)
  }
}
