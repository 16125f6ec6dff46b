internal import Glibc

/// Whose a file is, and who may do what with it.
struct FileRights {
  private let owner: uid_t
  private let group: gid_t
  private let mode: mode_t

  /// Those of a plain file; nil where there is none.
  init?(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode & 0o7777
  }

  /// Whether nobody may write to it, which the superuser would not be told by the system.
  var isReadOnly: Bool { mode & 0o222 == 0 }

  /// Gives them to an open file, with another `mode` where one is named.
  ///
  /// An owner that only the superuser could set is left out; without the group another one gets no
  /// more than everybody.
  func give(to raw: Int32, _ path: String, mode other: UInt32?) throws(PosixError) {
    var mode = other ?? self.mode
    if fchown(raw, owner, group) != 0, fchown(raw, uid_t.max, group) != 0 {
      mode &= ~0o070 | (mode & 0o007) << 3
    }
    guard fchmod(raw, mode) == 0 else { throw PosixError("chmod", path) }
  }
}

extension Files {
  /// Refuses a file that may not be written to: to replace it the right to its folder would do.
  package static func mayWrite(_ path: String) throws(PosixError) {
    guard unsafe access(path, F_OK) == 0 else { return }
    var isReadOnly = unsafe access(path, W_OK) != 0
    // A link is what it leads to.
    if let resolved = unsafe realpath(path, nil) {
      let rights = FileRights(of: unsafe String(cString: resolved))
      isReadOnly = isReadOnly || rights?.isReadOnly == true
      unsafe free(resolved)
    }
    guard isReadOnly else { return }
    throw PosixError("write", path, code: EACCES)
  }
}
