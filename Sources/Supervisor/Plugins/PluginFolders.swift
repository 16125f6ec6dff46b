internal import Children
internal import Posix

/// Where a project keeps what it has installed, and where Dativo's own descriptions lie.
package struct PluginFolders: Sendable {
  /// The project's folder, absolute.
  package let project: String
  /// `DATIVO_HOME`, or `.dativo` in the project; absolute.
  package let home: String

  package init(project: String, environment: [String: String]) {
    self.project = project
    let named = environment["DATIVO_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    home = named.map { Paths.absolute($0) } ?? "\(project)/.dativo"
  }

  /// The descriptions of the home, by role.
  var plugins: String { "\(home)/plugins" }

  /// The environment of a plugin, its own alone.
  package func environment(_ name: String, _ role: Plugin.Role) -> String {
    "\(plugins)/python/\(role.rawValue)-\(name)"
  }

  /// The environment with pip, where uv is not there to install with.
  var installer: String { "\(plugins)/python/.installer" }

  /// What exactly is installed: to be kept with the project's files.
  package var lock: String { "\(project)/dativo.lock" }

  /// The descriptions that come with Dativo: beside the executables' folder, or in a checkout.
  package static var shipped: String? {
    guard let own = Executable.ownFolder else { return nil }
    let shared = "\(Files.folder(of: own))/share/dativo"
    if Paths.isFolder("\(shared)/taps") { return shared }
    let parts = own.split(separator: "/").map(String.init)
    guard let build = parts.lastIndex(where: { $0.hasPrefix(".build") }) else { return nil }
    let checkout = "/" + parts[..<build].joined(separator: "/")
    return Paths.isFolder("\(checkout)/taps") ? checkout : nil
  }
}
