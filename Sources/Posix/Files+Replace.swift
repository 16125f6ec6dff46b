internal import Glibc

extension Files {
  /// Replaces a file: at any instant, a power cut included, it is the old one or the new one.
  ///
  /// A link is followed, and a device or a pipe is written to as it stands. Without a `mode` a file
  /// that is there keeps its own; its owner and group stay where the system allows it.
  package static func replace(
    _ path: String,
    _ bytes: [UInt8],
    mode: UInt32? = nil
  ) throws(PosixError) {
    switch kind(of: path) {
    case .plain: break
    case .link(let file): return try replace(file, bytes, mode: mode)
    case .device:
      let device = try Descriptor(opening: path, O_WRONLY)
      return try put(bytes, device.raw, path)
    }
    let temporary = "\(path).\(getpid()).tmp"
    do throws(PosixError) {
      // What is secret in the old file is not shown in the new one, not for a moment.
      let flags = O_WRONLY | O_CREAT | O_TRUNC
      let former = FileRights(of: path)
      let first = former == nil ? mode ?? 0o644 : 0o600
      let file = try Descriptor(opening: temporary, flags, mode: first)
      if let former { try former.give(to: file.raw, temporary, mode: mode) }
      try put(bytes, file.raw, temporary)
      try file.sync(temporary)
      // SAFETY: both names are lent for the call.
      guard unsafe rename(temporary, path) == 0 else { throw PosixError("rename", path) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    let folder = folder(of: path)
    try Descriptor(opening: folder, O_RDONLY | O_DIRECTORY).sync(folder)
  }

  private enum Kind {
    /// A file, or nothing yet.
    case plain
    /// A link to such a one.
    case link(String)
    /// What is there for good and must not be replaced: a device, a pipe, or a link to one.
    case device
  }

  private static func kind(of path: String) -> Kind {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return .plain }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFDIR: return .plain
    case S_IFLNK:
      guard unsafe stat(path, &status) == 0 else {
        // A link to nothing yet: what it names is made.
        guard errno == ENOENT, let file = target(ofLink: path) else { return .device }
        return .link(file.hasPrefix("/") ? file : "\(folder(of: path))/\(file)")
      }
      // What a descriptor has open has no name to resolve.
      guard status.st_mode & S_IFMT == S_IFREG, let resolved = unsafe realpath(path, nil) else {
        return .device
      }
      // SAFETY: the text is the call's own, and freed once it is copied.
      defer { unsafe free(resolved) }
      return unsafe .link(String(cString: resolved))
    default: return .device
    }
  }

  /// Writes a file that nobody reads before it is whole.
  package static func write(
    _ path: String,
    _ bytes: [UInt8],
    mode: UInt32 = 0o644
  ) throws(PosixError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    try put(bytes, file.raw, path)
  }

  private static func put(_ bytes: [UInt8], _ raw: Int32, _ path: String) throws(PosixError) {
    let result: Result<Void, PosixError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(PosixError) {
        return .success(unsafe try Descriptor.write(raw, bytes))
      } catch {
        return .failure(PosixError("write", path, code: error.code))
      }
    }
    try result.get()
  }

  /// Creates a folder with those above it; one that is there already is fine.
  package static func makeFolder(_ path: String, mode: UInt32 = 0o777) throws(PosixError) {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw PosixError("mkdir", path, code: ENOTDIR)
    }
    let above = folder(of: path)
    if above != path { try makeFolder(above) }
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw PosixError("mkdir", path) }
  }

  /// Removes a file, or a folder with the files in it.
  package static func remove(_ path: String) {
    guard unsafe unlink(path) != 0 else { return }
    // SAFETY: the stream is this call's; names are copied out of its entries.
    guard let stream = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { remove("\(path)/\(name)") }
    }
    unsafe closedir(stream)
    unsafe rmdir(path)
  }

  /// The folder that `path` lies in.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
