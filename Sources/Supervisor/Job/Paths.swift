internal import Glibc
internal import Posix

/// Names of files, and what stands under them.
package enum Paths {
  /// An absolute name without `.` and empty parts, starting from `folder` if it is relative.
  package static func absolute(_ path: String, from folder: String = ".") -> String {
    var base = path
    if !path.hasPrefix("/") {
      let start = folder.hasPrefix("/") ? folder : "\(working)/\(folder)"
      base = "\(start)/\(path)"
    }
    let parts = base.split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }

  /// `path` below `folder`, as a user would write it.
  package static func joined(_ folder: String, _ path: String) -> String {
    path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }

  /// The working folder.
  package static var working: String { Files.working }

  package static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }
  package static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }
  package static func exists(_ path: String) -> Bool { kind(path) != nil }

  /// Whether the name is a symbolic link, whatever it leads to.
  package static func isLink(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The permissions of what a path means; nil where there is nothing.
  package static func mode(_ path: String) -> UInt32? {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  private static func kind(_ path: String) -> UInt32? {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The names in a folder, sorted; none where it cannot be read.
  package static func names(in folder: String) -> [String] {
    ((try? Files.names(in: folder)) ?? []).sorted()
  }

  /// The files that a pattern of the shell matches, sorted.
  package static func glob(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    // SAFETY: the call fills `found`, which is freed at the end; its paths are copied before.
    guard unsafe Glibc.glob(pattern, 0, nil, &found) == 0 else { return [] }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }

  /// Whether `name` follows a pattern with `*`, `?` and `[…]`.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    unsafe fnmatch(pattern, name, 0) == 0
  }
}
