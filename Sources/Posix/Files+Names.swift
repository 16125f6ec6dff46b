internal import Glibc

extension Files {
  /// The names of what lies in a folder, in no order, without `.` and `..`.
  package static func names(in folder: String) throws(PosixError) -> [String] {
    // SAFETY: the stream is this call's; names are copied out of its entries.
    guard let stream = unsafe opendir(folder) else { throw PosixError("open", folder) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The path of what `path` means in the end, all links followed.
  package static func real(_ path: String) throws(PosixError) -> String {
    // SAFETY: the text is allocated by the call and freed here.
    guard let text = unsafe realpath(path, nil) else { throw PosixError("open", path) }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
