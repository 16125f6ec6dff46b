internal import Glibc

extension Files {
  /// What changes whenever a file is written or replaced.
  package struct Stamp: Hashable, Sendable {
    fileprivate let inode: UInt64
    fileprivate let size: Int64
    fileprivate let nanoseconds: Int64

    /// Inode, size in bytes, and when it was written in nanoseconds since 1970.
    package var text: String { "\(inode) \(size) \(nanoseconds)" }
  }

  /// The stamp of what a path means; nil where there is nothing.
  package static func stamp(of path: String) -> Stamp? {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Stamp(
      inode: UInt64(status.st_ino),
      size: Int64(status.st_size),
      nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    )
  }
}
