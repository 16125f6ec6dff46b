import Posix
import Wire

/// A private folder for what a source is given: its configuration, catalog and state.
struct Scratch: ~Copyable {
  let path: String

  init() throws(Failure) {
    let base = Environment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    path = "\(base)/dativo-airbyte-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    do throws(PosixError) {
      try Files.makeFolder(path, mode: 0o700)
    } catch {
      throw Failure(.io, "a folder for the source's configuration cannot be made: \(error)")
    }
  }

  deinit { Files.remove(path) }

  /// Writes a file that only the user can read.
  func write(_ name: String, _ bytes: [UInt8]) throws(Failure) -> String {
    let file = "\(path)/\(name)"
    do throws(PosixError) {
      try Files.write(file, bytes, mode: 0o600)
    } catch {
      throw Failure(.io, "\(error)")
    }
    return file
  }
}
