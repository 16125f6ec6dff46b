internal import Glibc
internal import Posix

/// The folder of one run where the backend has no file system of its own: for temporary files, and
/// the files that are mounted over the system's.
struct PrivateFolder: ~Copyable {
  let path: String

  init(owner: uid_t?) throws(SandboxError) {
    let base = Environment.value("TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    path = "\(base)/dativo-sandbox.\(getpid()).\(Clock.monotonic)"
    do throws(PosixError) {
      try Files.makeFolder(path, mode: 0o711)
      try Files.makeFolder(home, mode: 0o700)
      for (index, file) in NameFiles.contents.enumerated() {
        try Files.write("\(path)/\(index)", Array(file.text.utf8))
      }
    } catch {
      throw .step("a private folder", error)
    }
    if let owner { _ = unsafe chown(home, owner, owner) }
  }

  deinit { Files.remove(path) }

  /// HOME and TMPDIR.
  var home: String { "\(path)/tmp" }
  /// A folder to mount over a hidden one, with empty places for what is granted below that.
  func skeleton(_ places: [(path: String, isFolder: Bool)]) throws(SandboxError) -> String {
    let top = "\(path)/skeleton.\(Clock.monotonic)"
    do throws(PosixError) {
      try Files.makeFolder(top, mode: 0o755)
      for (place, isFolder) in places {
        try Files.makeFolder(isFolder ? top + place : Files.folder(of: top + place))
        if !isFolder { try Files.write(top + place, []) }
      }
    } catch {
      throw .step("a private folder", error)
    }
    return top
  }
  /// Where a file of ours stands for one of the system's.
  var names: [(place: String, name: String)] {
    NameFiles.contents.enumerated().map { ($0.element.place, "\(path)/\($0.offset)") }
  }
}
