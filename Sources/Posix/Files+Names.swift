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

  /// What a symbolic link says, whether that is there or not; nil for what is none.
  package static func target(ofLink path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    // SAFETY: the call writes at most as many bytes as it is told, and no terminator.
    let count = unsafe readlink(path, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The working folder; `/` where that cannot be told.
  package static var working: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    // SAFETY: the call writes a terminated string into a buffer whose size it is told.
    guard unsafe getcwd(&buffer, buffer.count) != nil else { return "/" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
