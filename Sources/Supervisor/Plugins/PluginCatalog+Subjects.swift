package import Wire

extension PluginCatalog {
  /// The plugin that a user means: a name, or the package's; a tap if both a tap and a target have
  /// it and nobody says which.
  package func subject(_ word: String, _ role: Plugin.Role?) throws(Failure) -> Plugin {
    let package = PythonPackage(word)
    var roles = role.map { [$0] } ?? Plugin.Role.allCases
    if role == nil, package.namesTarget { roles.reverse() }
    for role in roles {
      for name in [word, package.pluginName] where isKnown(name, role) {
        return try find(name, role)
      }
    }
    throw unknown(word, roles[0])
  }

  /// Whether there is such a plugin, whatever state its description is in.
  package func isKnown(_ name: String, _ role: Plugin.Role) -> Bool {
    names(role).contains(name) || shipped(role).contains(name)
  }
}
