internal import Children
internal import Posix

/// A program of pyenv's `shims` folder: a script that looks up which version of Python is meant.
///
/// It reads much of a home to do so, which a confined program does not see; so it is looked up here.
package enum Shim {
  /// The program that a shim at `path`, started in `folder`, would run; `path` itself if it is none.
  package static func target(of path: String, in folder: String) -> String {
    let shims = Files.folder(of: path)
    let root = Files.folder(of: shims)
    guard shims.hasSuffix("/shims"), isThere("\(root)/versions") else { return path }
    let name = String(path.dropFirst(shims.count + 1))
    for version in versions(root, folder) {
      let program = "\(root)/versions/\(version)/bin/\(name)"
      if isThere(program) { return program }
      guard version == "system" else { continue }
      let others = (Environment.value("PATH") ?? "").split(separator: ":").filter { $0 != shims }
      if let other = Executable.find(name, from: folder, path: others.joined(separator: ":")) {
        return other
      }
    }
    return path
  }

  /// The versions that are wanted, by the variable, by the file of a folder above, by the common one.
  private static func versions(_ root: String, _ folder: String) -> [String] {
    if let text = Environment.value("PYENV_VERSION"), !text.isEmpty {
      return text.split(separator: ":").map(String.init)
    }
    var place = folder
    while !place.isEmpty {
      if let found = read("\(place)/.python-version") { return found }
      guard place != "/" else { break }
      place = Files.folder(of: place)
    }
    return read("\(root)/version") ?? ["system"]
  }

  private static func read(_ path: String) -> [String]? {
    guard let bytes = try? Files.read(path) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace || $0 == ":" }
    return words.isEmpty ? nil : words.map(String.init)
  }

  private static func isThere(_ path: String) -> Bool { (try? Files.real(path)) != nil }
}
