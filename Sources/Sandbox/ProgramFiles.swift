internal import Children
internal import Glibc
internal import Posix

/// The files that a program consists of, outside of the system's own folders: itself, what its
/// first line names, the environment of Python that it lies in, and what its arguments name.
package struct ProgramFiles {
  package private(set) var paths: [String] = []
  private let folder: String
  private var seen: Set<String> = []

  /// Of the program at the absolute path `executable`, run in `folder`.
  package init(_ executable: String, _ arguments: [String], in folder: String) {
    self.folder = folder
    add(program: executable)
    for argument in arguments {
      let value =
        argument.hasPrefix("--")
        ? argument.firstIndex(of: "=").map { argument[argument.index(after: $0)...] }
        : argument[...]
      guard let value, !value.isEmpty, !value.contains("\n") else { continue }
      let path = Place.absolute(String(value), from: folder)
      guard kind(path) != nil, !SystemFolders.hold(path), !Self.isTooMuch(path) else { continue }
      // What stands behind an interpreter is a program, and may be a link to one.
      if kind(path) == S_IFREG { add(program: path) } else { paths.append(path) }
    }
    paths = Place.outermost(paths)
  }

  /// What nobody means who names it: all, or everything of a person.
  package static func isTooMuch(_ path: String) -> Bool {
    let home = Environment.value("HOME") ?? "/root"
    return Place.isInside(home, path)
      || ["/", "/tmp", "/home", "/root", "/etc", "/var"].contains(path)
      || ["/proc", "/sys", "/dev", "/run"].contains { Place.isInside(path, $0) }
  }

  private mutating func add(program path: String) {
    guard seen.insert(path).inserted, seen.count < 64 else { return }
    if !SystemFolders.hold(path) {
      paths.append(path)
      if let root = Self.environment(path) { add(environment: root) }
    }
    if let link = Files.target(ofLink: path) {
      add(program: Place.absolute(link, from: Files.folder(of: path)))
    } else if let interpreter = Self.interpreter(path) {
      add(program: interpreter)
    }
  }

  /// An environment of Python, or a whole Python, in whose `bin` the program lies.
  private static func environment(_ path: String) -> String? {
    let bin = Files.folder(of: path)
    guard bin.hasSuffix("/bin") else { return nil }
    let root = Files.folder(of: bin)
    let isOne =
      unsafe access("\(root)/pyvenv.cfg", F_OK) == 0
      || ((try? Files.names(in: "\(root)/lib")) ?? []).contains { $0.hasPrefix("python3") }
    return isOne && !isTooMuch(root) ? root : nil
  }

  private mutating func add(environment root: String) {
    guard seen.insert(root).inserted else { return }
    paths.append(root)
    let lines = (try? Files.read("\(root)/pyvenv.cfg")).map { String(decoding: $0, as: UTF8.self) }
    for line in (lines ?? "").split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
      guard parts.count == 2, parts[0] == "home", parts[1].hasPrefix("/") else { continue }
      // The Python that it was made of: `home` is the folder of its executable.
      add(program: "\(parts[1])/python3")
    }
  }

  /// The program that a script's first line names.
  private static func interpreter(_ path: String) -> String? {
    guard let file = try? Descriptor(opening: path) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 256)
    // SAFETY: at most as many bytes as there are are written.
    let count = unsafe bytes.withUnsafeMutableBytes { room in unsafe try? file.read(into: room) }
    guard let count, count > 2, bytes[0] == 0x23, bytes[1] == 0x21 else { return nil }
    let line = bytes[2..<count].prefix { $0 != 0x0A }
    let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    guard first.hasSuffix("/env"), let name = words.dropFirst().first(where: { !$0.hasPrefix("-") })
    else { return first.hasPrefix("/") ? first : nil }
    return Executable.find(name, from: "/")
  }

  private func kind(_ path: String) -> mode_t? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    let kind = status.st_mode & S_IFMT
    return kind == S_IFREG || kind == S_IFDIR ? kind : nil
  }
}
