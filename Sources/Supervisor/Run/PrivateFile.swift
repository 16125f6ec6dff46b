package import JSON
internal import Posix
package import Wire

/// Files that only their owner may read, since configurations hold secrets.
package enum PrivateFile {
  /// Writes a value, with the folders above.
  package static func write(_ path: String, _ content: JSONValue) throws(Failure) {
    try made(path, content) { (bytes) throws(PosixError) in
      try Files.write(path, bytes, mode: 0o600)
    }
  }

  /// The same, so that a reader sees the former content or this one, and nothing between.
  static func replace(_ path: String, _ content: JSONValue) throws(Failure) {
    try made(path, content) { (bytes) throws(PosixError) in
      try Files.replace(path, bytes, mode: 0o600)
    }
  }

  private static func made(
    _ path: String,
    _ content: JSONValue,
    _ write: ([UInt8]) throws(PosixError) -> Void
  ) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try write(Array((content.encoded() + "\n").utf8))
    } catch {
      throw Failure(.io, "a private file for the run cannot be written: \(error)")
    }
  }
}
