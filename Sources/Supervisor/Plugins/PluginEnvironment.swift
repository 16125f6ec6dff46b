internal import Children
internal import Commits
internal import Posix
internal import Wire

/// The Python environment of one plugin.
struct PluginEnvironment {
  let folder: String

  init(_ folder: String) { self.folder = folder }

  /// Written last: an environment without it was not finished, and counts for nothing.
  private var mark: String { "\(folder)/.dativo" }

  /// A program in it; nil where that is missing, or the environment unfinished.
  func program(_ name: String) -> String? {
    let program = "\(folder)/bin/\(name)"
    return Paths.isFile(mark) && Executable.isExecutable(program) ? program : nil
  }

  /// Whether it holds exactly what was locked.
  func holds(_ entry: PluginLock.Entry) -> Bool {
    (try? Files.read(mark)).map { String(decoding: $0, as: UTF8.self) } == Self.digest(entry)
  }

  /// Makes it hold what is locked.
  func install(
    _ entry: PluginLock.Entry,
    with installer: Installer,
    wheels: String? = nil
  ) throws(Failure) {
    guard !holds(entry) else { return }
    // Held until the end of this call.
    let lock = try locked()
    defer { _ = lock.raw }
    try installer.make(folder, python: "==\(entry.python).*")
    let scratch = Scratch()
    defer { scratch.remove() }
    let file = "\(scratch.path)/requirements.txt"
    try Project.write(file, entry.requirements)
    do throws(Failure) {
      try installer.install(file, into: folder, wheels: wheels)
    } catch {
      // Nothing of it may be taken for the plugin.
      Files.remove(folder)
      throw error
    }
    try Project.write(mark, Self.digest(entry))
  }

  func remove() {
    Files.remove(folder)
    Files.remove("\(folder).lock")
  }

  /// One process at a time works on an environment.
  private func locked() throws(Failure) -> Descriptor {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: folder))
      if let raw = try Files.lock("\(folder).lock") { return Descriptor(owning: raw) }
    } catch {
      throw Failure(.io, "the environment \(folder) cannot be made: \(error)")
    }
    throw Failure(
      .temporary,
      "another process is installing into \(folder)",
      hint: "Run it again when that has ended."
    )
  }

  private static func digest(_ entry: PluginLock.Entry) -> String {
    Digest.hex(Array("\(entry.python)\n\(entry.requirements)".utf8))
  }
}
