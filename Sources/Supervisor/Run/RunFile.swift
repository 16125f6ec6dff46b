internal import JSON
internal import Posix
internal import Wire

/// The file that a run record is kept in; it has no secrets, since records have none.
enum RunFile {
  static func write(_ record: JSONValue, _ path: String) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path))
      try Files.replace(path, Array((record.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(.io, "the run record cannot be written: \(error)")
    }
  }
}
