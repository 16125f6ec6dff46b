internal import Glibc
package import Posix
internal import Synchronization

// SAFETY, for the whole file: system calls get strings and structures that live during the call.

/// A folder of the local disk, held open: it may be moved, and the process may change its working
/// folder, without anything landing elsewhere.
package final class LinuxFileSystem: FileSystem {
  private let root: String
  /// The descriptor of the root; -1 until it is needed.
  private let folder = Mutex<Int32>(-1)

  package init(root: String) { self.root = root.isEmpty ? "." : root }

  deinit {
    let raw = folder.withLock { $0 }
    if raw >= 0 { close(raw) }
  }

  package func makeRoot() throws(PosixError) {
    try makePath(root)
    // Whoever made it may have been killed before it was sure to stay. What lies above it was
    // there before, and may be closed to this user.
    try? sync(path: Self.parent(root))
    _ = try base()
  }

  package func create(_ path: String) throws(PosixError) -> any OpenFile {
    let raw = try open(path, O_WRONLY | O_CREAT | O_EXCL)
    return LinuxFile(Descriptor(owning: raw), full(path))
  }

  package func read(_ path: String) throws(PosixError) -> [UInt8] {
    let file = Descriptor(owning: try open(path, O_RDONLY))
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { room in
        while true {
          let count = unsafe Glibc.read(file.raw, room.baseAddress, room.count)
          if count >= 0 || errno != EINTR { return count }
        }
      }
      guard count >= 0 else { throw PosixError("read", full(path)) }
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }

  package func read(_ path: String, at offset: Int, count: Int) throws(PosixError) -> [UInt8] {
    let file = Descriptor(owning: try open(path, O_RDONLY))
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { room in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled...])
        return unsafe pread(file.raw, rest.baseAddress, rest.count, off_t(offset + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw PosixError("read", full(path)) }
      guard got > 0 else { break }
      filled += got
    }
    return Array(bytes[..<filled])
  }

  package func size(_ path: String) throws(PosixError) -> Int {
    var status = stat()
    guard unsafe fstatat(try base(), path, &status, 0) == 0 else {
      throw PosixError("stat", full(path))
    }
    return Int(status.st_size)
  }

  package func list(_ path: String) throws(PosixError) -> [String] {
    let raw = try open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY)
    guard let stream = unsafe fdopendir(raw) else {
      defer { close(raw) }
      throw PosixError("opendir", full(path))
    }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        guard errno == 0 else { throw PosixError("readdir", full(path)) }
        return names
      }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  package func makeFolder(_ path: String) throws(PosixError) {
    guard unsafe mkdirat(try base(), path, 0o777) == 0 else {
      throw PosixError("mkdir", full(path))
    }
  }

  package func link(_ path: String, _ new: String) throws(PosixError) {
    let base = try base()
    guard unsafe linkat(base, path, base, new, 0) == 0 else { throw PosixError("link", full(new)) }
  }

  package func makeLink(_ path: String, to target: String) throws(PosixError) {
    guard unsafe symlinkat(target, try base(), path) == 0 else {
      throw PosixError("symlink", full(path))
    }
  }

  package func rename(_ path: String, _ new: String) throws(PosixError) {
    let base = try base()
    guard unsafe renameat(base, path, base, new) == 0 else {
      throw PosixError("rename", full(new))
    }
  }

  package func removeFile(_ path: String) throws(PosixError) {
    guard unsafe unlinkat(try base(), path, 0) == 0 else { throw PosixError("unlink", full(path)) }
  }

  package func removeFolder(_ path: String) throws(PosixError) {
    guard unsafe unlinkat(try base(), path, AT_REMOVEDIR) == 0 else {
      throw PosixError("rmdir", full(path))
    }
  }

  package func syncFolder(_ path: String) throws(PosixError) {
    let raw = try open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY)
    defer { close(raw) }
    try Self.sync(raw, full(path))
  }

  package func lock(_ path: String) throws(PosixError) -> Bool {
    let raw = try open(path, O_RDWR | O_CREAT)
    // The lock lives as long as the process, which never closes the descriptor.
    if flock(raw, LOCK_EX | LOCK_NB) == 0 { return true }
    let error = PosixError("flock", full(path))
    close(raw)
    switch error.code {
    case EWOULDBLOCK: return false
    // A file system without locks: epochs alone keep writers apart.
    case ENOLCK, EOPNOTSUPP, ENOSYS: return true
    default: throw error
    }
  }

  // MARK: Pieces

  private func full(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  private func base() throws(PosixError) -> Int32 {
    try folder.withLock { (raw) throws(PosixError) -> Int32 in
      if raw < 0 {
        raw = try Descriptor(opening: root, O_RDONLY | O_DIRECTORY).release()
      }
      return raw
    }
  }

  private func open(_ path: String, _ flags: Int32) throws(PosixError) -> Int32 {
    let raw = unsafe openat(try base(), path, flags | O_CLOEXEC, 0o666)
    guard raw >= 0 else { throw PosixError("open", full(path)) }
    return raw
  }

  private func makePath(_ path: String) throws(PosixError) {
    // A folder that is there is fine, whatever mkdir would have to say about the place.
    if unsafe access(path, X_OK) == 0 { return }
    let above = Self.parent(path)
    if above != path { try makePath(above) }
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw PosixError("mkdir", path) }
    try sync(path: above)
  }

  private func sync(path: String) throws(PosixError) {
    let above = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    try Self.sync(above.raw, path)
  }

  private static func sync(_ raw: Int32, _ path: String) throws(PosixError) {
    // Some network file systems cannot sync folders: they keep names in order by themselves.
    guard fsync(raw) == 0 || errno == EINVAL || errno == EOPNOTSUPP else {
      throw PosixError("fsync", path)
    }
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// A file of the local disk that is being written.
private final class LinuxFile: OpenFile {
  private let file: Descriptor
  private let path: String

  init(_ file: consuming Descriptor, _ path: String) {
    self.file = file
    self.path = path
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    do throws(PosixError) {
      unsafe try Descriptor.write(file.raw, bytes)
    } catch {
      throw PosixError("write", path, code: error.code)
    }
  }

  func sync() throws(PosixError) { try file.sync(path) }
}
