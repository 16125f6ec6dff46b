internal import Glibc
internal import JSON
internal import Posix
internal import Synchronization

/// A store in a folder of the local disk.
package final class LocalStore: ObjectStore {
  private let files: any FileSystem
  /// Where objects are written before they get their names.
  private let drafts: String
  /// The folders whose names are known to survive a power cut, with those above them; by their
  /// bytes, as equal strings may be two folders.
  private let settled = Mutex<Set<[UInt8]>>([])

  /// Uses the folder `root`, which is created when the first object is.
  ///
  /// Objects are drafted in the folder `drafts`, where a killed process may leave its own. Anyone
  /// may remove that folder at any time: whoever is drafting begins again.
  package convenience init(root: String, drafts: String = "_dativo/drafts") {
    self.init(LinuxFileSystem(root: root), drafts: drafts)
  }

  /// Uses another file system than Linux's.
  package init(_ files: any FileSystem, drafts: String = "_dativo/drafts") {
    self.files = files
    self.drafts = drafts
  }

  package func create(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    let folder = Self.parent(name)
    var attempts = 0
    while true {
      try ensure(folder)
      let draft = try draft(bytes)
      do throws(PosixError) {
        defer { try? files.removeFile(draft) }
        try files.link(draft, name)
      } catch {
        attempts += 1
        switch error.code {
        case EEXIST:
          // Whoever created it may have been killed before it was sure to stay.
          try settle([folder])
          throw .exists(name)
        case ENOENT where attempts < Self.attempts:
          forget()
          continue
        default: throw .system(error)
        }
      }
      Failpoint.linked.reached()
      return try settle([folder])
    }
  }

  package func read(_ name: String) throws(StoreError) -> [UInt8]? {
    try present { () throws(PosixError) in try files.read(name) }
  }

  package func read(
    _ name: String,
    at offset: Int,
    count: Int
  ) throws(StoreError) -> [UInt8]? {
    try present { () throws(PosixError) in try files.read(name, at: offset, count: count) }
  }

  package func size(_ name: String) throws(StoreError) -> Int? {
    try present { () throws(PosixError) in try files.size(name) }
  }

  package func list(_ folder: String) throws(StoreError) -> [String] {
    try present { () throws(PosixError) in try files.list(folder) }?.sorted() ?? []
  }

  package func reveal(_ staged: StagedName, bytes: Int) throws(StoreError) {
    // A power cut may have shortened it.
    guard try size(staged.name) == bytes else { throw .absent(staged.name) }
    try ensure(Self.parent(staged.final))
    do throws(PosixError) {
      try files.rename(staged.name, staged.final)
    } catch {
      throw error.code == ENOENT ? .absent(staged.name) : .system(error)
    }
    Failpoint.renamed.reached()
  }

  package func settle(_ folders: [String]) throws(StoreError) {
    for folder in folders {
      do throws(PosixError) {
        try settleAbove(folder)
        try files.syncFolder(folder)
      } catch {
        // A folder that is not there has nothing to lose.
        if error.code != ENOENT { throw .system(error) }
      }
    }
  }

  package func remove(_ name: String) throws(StoreError) {
    forget()
    try removeTree(name)
  }

  package func stage(_ name: String, for final: String) throws(StoreError) -> any StagedObject {
    var attempts = 0
    while true {
      try ensure(Self.parent(name))
      do throws(PosixError) {
        let file = try files.create(name)
        Failpoint.begun.reached()
        return LocalStagedObject(file)
      } catch {
        attempts += 1
        guard error.code == ENOENT, attempts < Self.attempts else { throw .system(error) }
        forget()
      }
    }
  }

  package func link(_ name: String, as second: String) throws(StoreError) {
    try ensure(Self.parent(second))
    do throws(PosixError) {
      try files.link(name, second)
    } catch {
      throw .system(error)
    }
  }

  package func point(_ link: String, to folder: String) throws(StoreError) {
    let place = Self.parent(link)
    try ensure(place.isEmpty ? folder : "\(place)/\(folder)")
    // Readers pass over a name that begins with a dot.
    let new = "\(place)/.\(folder)"
    do throws(PosixError) {
      do throws(PosixError) {
        try files.makeLink(new, to: folder)
      } catch {
        // That of a process that was killed here leads to the same folder.
        guard error.code == EEXIST else { throw error }
      }
      try files.rename(new, link)
    } catch {
      throw .system(error)
    }
  }

  /// A process may have few hundred descriptors.
  package var stagedLimit: Int { 200 }

  package func lock(_ name: String) throws(StoreError) -> Bool {
    try ensure(Self.parent(name))
    do throws(PosixError) {
      return try files.lock(name)
    } catch {
      throw .system(error)
    }
  }

  // MARK: Pieces

  /// How often a name is tried while another process removes its folder.
  private static let attempts = 3

  /// Writes an object under a name of its own, which no other writer, not even one with the same
  /// process number, will ever use.
  private func draft(_ bytes: [UInt8]) throws(StoreError) -> String {
    var attempts = 0
    while true {
      try ensure(drafts)
      let name = "\(drafts)/\(String(UInt64.random(in: 0 ... .max), radix: 16))"
      do throws(PosixError) {
        let file = try files.create(name)
        do throws(PosixError) {
          try Self.put(bytes, file)
          try file.sync()
        } catch {
          try? files.removeFile(name)
          throw error
        }
        Failpoint.drafted.reached()
        return name
      } catch {
        attempts += 1
        guard error.code == ENOENT, attempts < Self.attempts else { throw .system(error) }
        forget()
      }
    }
  }

  private static func put(_ bytes: [UInt8], _ file: any OpenFile) throws(PosixError) {
    // SAFETY: the bytes stay in place during the call.
    let result: Result<Void, PosixError> = unsafe bytes.withUnsafeBytes { bytes in
      do throws(PosixError) {
        return .success(unsafe try file.write(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func ensure(_ folder: String) throws(StoreError) {
    do throws(PosixError) {
      try make(folder)
    } catch {
      throw .system(error)
    }
  }

  /// Creates a folder with those above it, each sure to stay before the next is made.
  private func make(_ folder: String) throws(PosixError) {
    guard !isSettled(folder) else { return }
    if !folder.isEmpty {
      try make(Self.parent(folder))
      do throws(PosixError) {
        try files.makeFolder(folder)
      } catch {
        if error.code != EEXIST { throw error }
      }
    }
    try settleAbove(folder)
  }

  /// Forces the name of a folder that is there, and those above it, to the disk.
  private func settleAbove(_ folder: String) throws(PosixError) {
    guard !isSettled(folder) else { return }
    if folder.isEmpty {
      try files.makeRoot()
    } else {
      try settleAbove(Self.parent(folder))
      try files.syncFolder(Self.parent(folder))
    }
    note(folder)
  }

  private func isSettled(_ folder: String) -> Bool {
    settled.withLock { $0.contains(Array(folder.utf8)) }
  }
  private func note(_ folder: String) { settled.withLock { _ = $0.insert(Array(folder.utf8)) } }
  /// Looks at every folder anew: one of them has been removed.
  private func forget() { settled.withLock { $0 = [] } }

  private func removeTree(_ path: String) throws(StoreError) {
    do throws(PosixError) {
      try files.removeFile(path)
      return
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return }
      guard error.code == EISDIR || error.code == EPERM else { throw .system(error) }
    }
    for entry in try list(path) { try removeTree("\(path)/\(entry)") }
    do throws(PosixError) {
      try files.removeFolder(path)
    } catch {
      // A writer that has lost its turn may have put something in: the next one removes it.
      guard error.code == ENOENT || error.code == ENOTEMPTY || error.code == EEXIST else {
        throw .system(error)
      }
    }
  }

  private func present<Value>(
    _ body: () throws(PosixError) -> Value
  ) throws(StoreError) -> Value? {
    do throws(PosixError) {
      return try body()
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw .system(error)
    }
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

/// A file of the local disk that is being written.
private final class LocalStagedObject: StagedObject {
  private let file: any OpenFile
  private var isWritten = false

  init(_ file: any OpenFile) { self.file = file }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    do throws(PosixError) {
      unsafe try file.write(bytes)
    } catch {
      throw .system(error)
    }
    if !isWritten { Failpoint.written.reached() }
    isWritten = true
  }

  func close() throws(StoreError) -> JSONValue? {
    do throws(PosixError) {
      try file.sync()
    } catch {
      throw .system(error)
    }
    Failpoint.synced.reached()
    return nil
  }
}
