internal import Glibc

extension Descriptor {
  /// Opens a file that is only ever written to at its end, making it if need be.
  package init(appendingTo path: String) throws(PosixError) {
    try self.init(opening: path, O_WRONLY | O_CREAT | O_APPEND)
  }
}
