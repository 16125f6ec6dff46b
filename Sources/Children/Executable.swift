internal import Glibc
internal import Posix

/// Where programs are found.
package enum Executable {
  /// The file for a name; nil if there is none.
  ///
  /// A path is taken as it is, a relative one from `folder`; a bare name is looked for next to the
  /// running program when `besides` says so, then in the folders of PATH.
  package static func find(
    _ name: String,
    from folder: String,
    besides: Bool = false,
    path: String? = Environment.value("PATH")
  ) -> String? {
    if name.contains("/") {
      let file = name.hasPrefix("/") ? name : "\(folder)/\(name)"
      return isExecutable(file) ? file : nil
    }
    guard !name.isEmpty else { return nil }
    var folders: [String] = []
    if besides, let own = ownFolder { folders.append(own) }
    for entry in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      folders.append(entry.hasPrefix("/") ? String(entry) : "\(folder)/\(entry)")
    }
    return folders.map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  /// The folder of the running program.
  package static var ownFolder: String? {
    own.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
  }

  /// The running program.
  package static var own: String? { Files.target(ofLink: "/proc/self/exe") }

  /// Whether `file` is a regular file that may be executed.
  package static func isExecutable(_ file: String) -> Bool {
    var status = stat()
    guard unsafe stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return unsafe access(file, X_OK) == 0
  }
}
