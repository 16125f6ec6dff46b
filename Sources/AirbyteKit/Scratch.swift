package import JSON
internal import Posix
package import Wire

/// A private folder for what a connector is given: its configuration, catalog and state.
package struct Scratch: ~Copyable {
  package let path: String

  /// The variable with the folder that a supervisor has for what is private.
  static let supervisors = "DATIVO_PRIVATE_FOLDER"

  package init() throws(Failure) {
    // A supervisor's own folder goes when it goes, however that ends.
    let named = [Self.supervisors, "TMPDIR"].lazy.compactMap(Environment.value)
    let base = named.first { !$0.isEmpty } ?? "/tmp"
    path = "\(base)/dativo-airbyte-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    do throws(PosixError) {
      try Files.makeFolder(path, mode: 0o700)
    } catch {
      throw Failure(.io, "a folder for the connector's configuration cannot be made: \(error)")
    }
  }

  deinit { Files.remove(path) }

  /// Writes a file that only the user can read.
  package func write(_ name: String, _ value: JSONValue) throws(Failure) {
    do throws(PosixError) {
      try Files.write("\(path)/\(name)", Array(value.encoded().utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "\(error)")
    }
  }
}
