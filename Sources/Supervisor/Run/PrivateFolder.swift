internal import Children
internal import Glibc
internal import Posix
package import Wire

/// A folder for what plugins are given, their secrets above all: for its owner only, in memory where
/// the system has a place for that, and gone when this process is, however that ends.
///
/// Its warden removes it when this process is killed; if that one is killed too, the next process
/// does, which sees that nobody holds its lock any more.
package final class PrivateFolder: Sendable {
  package let path: String

  /// The variable that tells a tap of ours of it.
  static let variable = "DATIVO_PRIVATE_FOLDER"

  private let lock: Int32
  private let warden: FolderWarden?

  package init() throws(Failure) {
    let base = Self.base
    do throws(PosixError) {
      try Files.makeFolder(base, mode: 0o700)
      guard Self.isOurs(base) else { throw PosixError("open", base, code: EPERM) }
      let turn = try Files.waitForLock("\(base)/.turn")
      defer { Files.unlock(turn) }
      Self.sweep(base)
      path = "\(base)/\(String(UInt64.random(in: 0 ... .max), radix: 36))"
      try Files.makeFolder(path, mode: 0o700)
      lock = try Files.waitForLock("\(path)/.lock")
    } catch {
      throw Failure(.io, "a private folder cannot be made: \(error)")
    }
    warden = FolderWarden(path)
  }

  deinit {
    Files.remove(path)
    Files.unlock(lock)
  }

  /// Removes what lies there now; the folder stays.
  func clear() {
    for name in Paths.names(in: path) where !name.hasPrefix(".") { Files.remove("\(path)/\(name)") }
  }

  /// A folder of this user in memory, or below `TMPDIR` where that cannot be had.
  private static let base: String = {
    let shared = "/dev/shm/dativo-\(geteuid())"
    if (try? Files.makeFolder(shared, mode: 0o700)) != nil, isOurs(shared) { return shared }
    let root = Environment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    return "\(root)/dativo-\(geteuid())"
  }()

  /// Whether a folder, and no link, is this user's and nobody else's.
  private static func isOurs(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe lstat(path, &status) == 0, unsafe access(path, W_OK) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
      && status.st_mode & 0o077 == 0
  }

  /// Removes what processes that were killed with their wardens have left.
  private static func sweep(_ base: String) {
    for name in Paths.names(in: base) where !name.hasPrefix(".") {
      let folder = "\(base)/\(name)"
      guard let lock = try? Files.lock("\(folder)/.lock") else { continue }
      Files.remove(folder)
      Files.unlock(lock)
    }
  }
}
