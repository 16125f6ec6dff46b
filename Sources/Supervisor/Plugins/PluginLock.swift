internal import JSON
internal import Posix
package import Wire

/// `dativo.lock`: exactly what each plugin of a project is made of.
///
/// It is kept with the project's files, so that everybody installs the same bytes.
package struct PluginLock: Sendable {
  /// One distribution, with every file of it that may be installed.
  package struct Distribution: Hashable, Sendable {
    package var name: String
    package var version: String
    /// SHA-256 in hexadecimal, sorted.
    package var hashes: [String]
  }

  /// One plugin with all that it depends on.
  package struct Entry: Sendable {
    package var name: String
    package var role: Plugin.Role
    package var package: String
    package var version: String
    /// The version of Python that this was resolved for, such as `3.11`.
    package var python: String
    /// By name; the plugin's own is among them.
    package var distributions: [Distribution]

    /// The lines that an installer takes, every hash with them.
    var requirements: String {
      distributions.map { distribution in
        (["\(distribution.name)==\(distribution.version)"]
          + distribution.hashes.map { "--hash=sha256:\($0)" }).joined(separator: " \\\n    ") + "\n"
      }.joined()
    }
  }

  /// By role and name.
  package private(set) var entries: [Entry] = []

  /// By image: the digest that it must have.
  package var images: [String: String] = [:]

  package init() {}

  package subscript(name: String, role: Plugin.Role) -> Entry? {
    get { entries.first { $0.name == name && $0.role == role } }
    set {
      entries.removeAll { $0.name == name && $0.role == role }
      if let newValue { entries.append(newValue) }
      entries.sort { ($0.role.rawValue, $0.name) < ($1.role.rawValue, $1.name) }
    }
  }

  /// Reads the file; empty where there is none.
  package static func read(_ path: String) throws(Failure) -> PluginLock {
    guard Paths.exists(path) else { return PluginLock() }
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(.io, "\(path) cannot be read: \(error.reason)")
    }
    guard let value = try? JSONValue.parse(bytes), let lock = PluginLock(value) else {
      throw Failure(
        .configuration,
        "\(path) is damaged",
        hint: "Take it from version control, or remove it and run `dativo plugins lock`."
      )
    }
    return lock
  }

  /// Replaces the file; one that would have no plugin is removed.
  package func write(_ path: String) throws(Failure) {
    do throws(PosixError) {
      guard !entries.isEmpty || !images.isEmpty else { return Files.remove(path) }
      try Files.mayWrite(path)
      try Files.replace(path, Array((json.encoded(pretty: true) + "\n").utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }
}
