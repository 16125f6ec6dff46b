internal import JSON
internal import Posix
internal import Wire

/// The file that a run record is kept in; STATE and rows in it are its owner's business.
enum RunFile {
  static func write(_ record: JSONValue, _ path: String) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      let text = record.encoded(pretty: true) + "\n"
      try Files.replace(path, Array(text.utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the run record cannot be written: \(error)")
    }
  }
}
