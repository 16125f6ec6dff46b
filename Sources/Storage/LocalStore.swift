internal import Glibc
internal import Posix

/// A store in a folder of the local disk.
package final class LocalStore: ObjectStore {
  /// The folder.
  package let root: String

  /// Uses `root`, which is created when the first object is.
  package init(root: String) { self.root = root }

  private func path(_ name: String) -> String { name.isEmpty ? root : "\(root)/\(name)" }

  package func create(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    let path = path(name)
    try makeFolder(parent(path))
    // A name of its own for each process, so that two writers never share a temporary file.
    let temporary = "\(path).\(getpid()).tmp"
    let file = try open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
    do throws(StoreError) {
      try put(bytes, file.raw, temporary)
      guard unsafe link(temporary, path) == 0 else {
        throw errno == EEXIST ? .exists(name) : .system(PosixError("link", path))
      }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    unsafe unlink(temporary)
    try syncFolder(parent(path))
  }

  package func read(_ name: String) throws(StoreError) -> [UInt8]? {
    do throws(PosixError) {
      return try Files.read(path(name))
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw .system(error)
    }
  }

  package func size(_ name: String) throws(StoreError) -> Int? {
    var status = stat()
    if unsafe stat(path(name), &status) == 0 { return Int(status.st_size) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw .system(PosixError("stat", path(name)))
  }

  package func list(_ folder: String) throws(StoreError) -> [String] {
    // SAFETY: the stream is read by this call only; names are copied out of its entries.
    guard let stream = unsafe opendir(path(folder)) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw .system(PosixError("opendir", path(folder)))
    }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func move(_ name: String, to new: String) throws(StoreError) {
    let from = path(name)
    let to = path(new)
    try makeFolder(parent(to))
    guard unsafe rename(from, to) == 0 else { throw .system(PosixError("rename", to)) }
    try syncFolder(parent(to))
    try syncFolder(parent(from))
  }

  package func remove(_ name: String) throws(StoreError) {
    try removeTree(name)
    try? syncFolder(parent(path(name)))
  }

  private func removeTree(_ name: String) throws(StoreError) {
    let path = path(name)
    if unsafe unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR { return }
    guard errno == EISDIR || errno == EPERM else { throw .system(PosixError("unlink", path)) }
    for entry in try list(name) { try removeTree("\(name)/\(entry)") }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else {
      throw .system(PosixError("rmdir", path))
    }
  }

  package func write(_ name: String) throws(StoreError) -> any StagedObject {
    let path = path(name)
    try makeFolder(parent(path))
    return LocalStagedObject(try open(path, O_WRONLY | O_CREAT | O_TRUNC), path)
  }

  /// A lock that one process at a time holds, until it ends; false if another has it.
  package func lock(_ name: String) throws(StoreError) -> Bool {
    let path = path(name)
    try makeFolder(parent(path))
    let file = try open(path, O_RDWR | O_CREAT)
    guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { return false }
      throw .system(PosixError("flock", path))
    }
    // The lock lives as long as the process: the kernel gives it back.
    _ = file.release()
    return true
  }

  // MARK: Pieces

  private func open(_ path: String, _ flags: Int32) throws(StoreError) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path, flags)
    } catch {
      throw .system(error)
    }
  }

  private func put(_ bytes: [UInt8], _ raw: Int32, _ path: String) throws(StoreError) {
    let result: Result<Void, PosixError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(PosixError) {
        return .success(unsafe try Descriptor.write(raw, bytes))
      } catch {
        return .failure(PosixError("write", path, code: error.code))
      }
    }
    if case .failure(let error) = result { throw .system(error) }
    guard fsync(raw) == 0 else { throw .system(PosixError("fsync", path)) }
  }

  private func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      return path.hasPrefix("/") ? "/" : "."
    }
    return String(path[..<slash])
  }

  /// Creates a folder with those above it, each made known to the one that holds it.
  private func makeFolder(_ path: String) throws(StoreError) {
    if unsafe access(path, F_OK) == 0 { return }
    let above = parent(path)
    if above != path { try makeFolder(above) }
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .system(PosixError("mkdir", path))
    }
    try syncFolder(above)
  }

  private func syncFolder(_ path: String) throws(StoreError) {
    let folder = try open(path, O_RDONLY | O_DIRECTORY)
    guard fsync(folder.raw) == 0 else { throw .system(PosixError("fsync", path)) }
  }
}

/// A file of the local disk that is being written.
private final class LocalStagedObject: StagedObject {
  private let file: Descriptor
  private let path: String

  init(_ file: consuming Descriptor, _ path: String) {
    self.file = file
    self.path = path
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    do throws(PosixError) {
      unsafe try Descriptor.write(file.raw, bytes)
    } catch {
      throw .system(PosixError("write", path, code: error.code))
    }
  }

  func close() throws(StoreError) {
    guard fsync(file.raw) == 0 else { throw .system(PosixError("fsync", path)) }
  }
}
