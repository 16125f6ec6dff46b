internal import Children
internal import JSON
internal import Posix
internal import Wire

extension PluginCatalog {
  func unknown(_ name: String, _ role: Plugin.Role) -> Failure {
    let names = names(role)
    let known = "Known \(role.folder): \(names.isEmpty ? "none" : names.joined(separator: ", "))."
    let elsewhere = [name, "\(role.rawValue)-\(name)"].first { word in
      !word.contains("/") && Executable.find(word, from: project, path: path) != nil
    }
    var hint = known
    if let near = Nearest.name(to: name, among: names + shipped(role)) {
      hint = "Did you mean \"\(near)\"? \(known)"
    } else if let elsewhere {
      hint = "\"\(elsewhere)\" is on PATH: write `command: [\(elsewhere)]`. \(known)"
    } else {
      hint += " `dativo plugins list --all` tells those that can be installed."
      hint += " Any other program: `command: [program, argument]`."
    }
    return Failure(.configuration, "no \(role.rawValue) is named \"\(name)\"", hint: hint)
  }

  /// The names that can be found, sorted; without those that only come with Dativo.
  package func names(_ role: Plugin.Role) -> [String] {
    var names = described(role, in: roots)
    let prefix = "dativo-\(role.rawValue)-"
    var folders = (path ?? "").split(separator: ":").map(String.init)
    if let own = Executable.ownFolder { folders.append(own) }
    for folder in folders {
      for file in Paths.names(in: folder) where file.hasPrefix(prefix) {
        let name = String(file.dropFirst(prefix.count))
        if PluginFile.isName(name), Executable.isExecutable("\(folder)/\(file)"),
          !name.contains(".")
        {
          names.insert(name)
        }
      }
    }
    return names.sorted()
  }

  /// The names that Dativo comes with, sorted.
  package func shipped(_ role: Plugin.Role) -> [String] {
    described(role, in: PluginFolders.shipped.map { [$0] } ?? []).sorted()
  }

  private func described(_ role: Plugin.Role, in roots: [String]) -> Set<String> {
    var names: Set<String> = []
    for root in roots {
      let folder = "\(root)/\(role.folder)"
      for name in Paths.names(in: folder) where Paths.isFile("\(folder)/\(name)/plugin.yaml") {
        names.insert(name)
      }
    }
    return names
  }
}
