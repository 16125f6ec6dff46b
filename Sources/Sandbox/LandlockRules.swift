internal import Glibc
internal import Posix

/// What Landlock opens, for a policy.
struct LandlockRules {
  private(set) var rules: [(path: String, writes: Bool)] = []
  /// What is mounted over something: pairs of source and place.
  private(set) var covers: [String] = []

  /// `scratch` is the plugin's own folder; with `mounts` files can be covered by others.
  init(
    _ policy: Policy,
    _ own: [String],
    scratch: borrowing PrivateFolder,
    mounts: Bool
  ) throws(SandboxError) {
    for path in SystemFolders.programs + SystemFolders.settings + SystemFolders.kernel {
      rules.append((path, false))
    }
    if policy.network == .all || !mounts {
      for path in SystemFolders.names { rules.append((path, false)) }
    } else {
      for (place, name) in scratch.names {
        covers += [name, place]
        rules.append((name, false))
      }
    }
    rules += [("/dev/null", true), (scratch.home, true)]
    if mounts { rules.append(("/dev/shm", true)) }
    for path in own + policy.reads { open(path, false, policy.hidden, mounts) }
    for path in policy.writes { open(path, true, policy.hidden, mounts) }
    let granted = own + policy.reads + policy.writes
    if mounts { for path in policy.hidden { try cover(path, granted, scratch) } }
  }

  /// Landlock cannot take away what lies in a folder: it is covered, or its neighbours are opened
  /// one by one.
  private mutating func open(
    _ path: String,
    _ writes: Bool,
    _ hidden: [String],
    _ mounts: Bool
  ) {
    let inner = hidden.filter { $0 != path && Place.isInside($0, path) && exists($0) }
    guard !mounts, !inner.isEmpty else {
      rules.append((path, writes))
      return
    }
    for name in (try? Files.names(in: path)) ?? [] {
      let entry = "\(path)/\(name)"
      if !hidden.contains(entry) { open(entry, writes, hidden, mounts) }
    }
  }

  /// Puts an empty folder or file in the place of what is hidden, and what is granted below it back.
  private mutating func cover(
    _ hidden: String,
    _ granted: [String],
    _ scratch: borrowing PrivateFolder
  ) throws(SandboxError) {
    guard exists(hidden), !granted.contains(hidden),
      granted.contains(where: { Place.isInside(hidden, $0) })
    else { return }
    guard isFolder(hidden) else {
      covers += ["/dev/null", hidden]
      return
    }
    let inner = granted.filter { Place.isInside($0, hidden) && exists($0) }
    let places = inner.map {
      (path: String($0.dropFirst(hidden.utf8.count)), isFolder: isFolder($0))
    }
    covers += [try scratch.skeleton(places), hidden]
    for path in inner { covers += [path, path] }
  }

  private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
