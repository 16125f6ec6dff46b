import Posix
import Supervisor

/// A folder for one test, removed at its end.
final class Folder {
  let path: String

  init() {
    path = "/tmp/dativo-test.\(UInt64.random(in: .min ... .max))"
  }

  deinit { Files.remove(path) }

  /// Writes a file; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    try Files.makeFolder(Files.folder(of: file))
    try Files.write(file, Array(text.utf8), mode: mode)
    return file
  }
}
