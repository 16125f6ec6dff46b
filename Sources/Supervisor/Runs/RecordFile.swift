internal import Glibc
internal import JSON
internal import Posix

/// The record of one run as it lies in the folder of runs.
struct RecordFile: Sendable {
  let run: String
  let path: String
  /// What changes whenever the file does.
  let stamp: String

  /// All records in a folder; none where there is no folder.
  static func all(in folder: String) -> [RecordFile] {
    Paths.names(in: folder).compactMap { name in
      guard name.hasSuffix(".json") else { return nil }
      return RecordFile("\(folder)/\(name)", run: String(name.dropLast(".json".count)))
    }
  }

  private init?(_ path: String, run: String) {
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.run = run
    self.path = path
    let time = status.st_mtim
    stamp = "\(status.st_ino).\(status.st_size).\(time.tv_sec).\(time.tv_nsec)"
  }

  /// The record; nil where the file is none.
  func read() -> JSONValue? {
    guard let bytes = try? Files.read(path) else { return nil }
    return try? JSONValue.parse(bytes, depthLimit: JSONScanner.storedDepthLimit)
  }
}
