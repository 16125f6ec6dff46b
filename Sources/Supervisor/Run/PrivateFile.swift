package import JSON
internal import Posix
package import Wire

/// Files that only their owner may read, since configurations hold secrets.
package enum PrivateFile {
  /// Writes a value, with the folders above.
  package static func write(_ path: String, _ content: JSONValue) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.write(path, Array((content.encoded() + "\n").utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "a private file for the run cannot be written: \(error)")
    }
  }
}
