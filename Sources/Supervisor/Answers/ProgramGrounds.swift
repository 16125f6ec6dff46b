internal import JSON
internal import Posix

/// What tells whether a program is still the one that was asked.
///
/// Only of two kinds of programs can that be told: of compiled ones, and of the scripts of a Python
/// environment whose packages lie in it. A script of anybody's may read whatever it likes.
enum ProgramGrounds {
  /// Nil for a program that has to be asked each time.
  static func of(_ executable: String) -> JSONObject? {
    guard let real = try? Files.real(executable), let stamp = Files.stamp(of: real) else {
      return nil
    }
    var grounds: JSONObject = ["program": .string(real), "stamp": .string(stamp.text)]
    if isCompiled(real) { return grounds }
    guard let packages = packages(of: real) else { return nil }
    grounds["packages"] = .object(packages)
    return grounds
  }

  private static func isCompiled(_ path: String) -> Bool {
    guard let file = try? Descriptor(opening: path) else { return false }
    var start = [UInt8](repeating: 0, count: 4)
    // SAFETY: the buffer is the array's own for the time of the call.
    let count = unsafe start.withUnsafeMutableBytes { unsafe (try? file.read(into: $0)) ?? 0 }
    return count == 4 && start == [0x7F, 0x45, 0x4C, 0x46]
  }

  /// The stamps of the folders that an environment's packages lie in: installing any changes them.
  ///
  /// Nil for what is no script of an environment, and where packages lie elsewhere.
  private static func packages(of script: String) -> JSONObject? {
    let environment = Files.folder(of: Files.folder(of: script))
    guard Files.folder(of: script) == "\(environment)/bin",
      Paths.isFile("\(environment)/pyvenv.cfg"),
      let versions = try? Files.names(in: "\(environment)/lib")
    else { return nil }
    var stamps = JSONObject()
    for version in versions.sorted() where version.hasPrefix("python") {
      let folder = "\(environment)/lib/\(version)/site-packages"
      guard let names = try? Files.names(in: folder), let stamp = Files.stamp(of: folder) else {
        continue
      }
      if names.contains(where: leadsElsewhere) { return nil }
      stamps[folder] = .string(stamp.text)
    }
    return stamps.isEmpty ? nil : stamps
  }

  /// Whether a file of an environment says that a package lies outside of it.
  private static func leadsElsewhere(_ name: String) -> Bool {
    if name.hasPrefix("__editable__") || name.hasSuffix(".egg-link") { return true }
    return name.hasSuffix(".pth") && !known.contains(name)
  }

  /// Files of installers that name no place.
  private static let known: Set<String> = ["distutils-precedence.pth", "_virtualenv.pth"]
}
