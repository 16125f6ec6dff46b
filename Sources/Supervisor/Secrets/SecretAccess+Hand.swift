internal import JSON
internal import Wire

/// Handing configurations over to plugins, and taking back what they change.
extension SecretAccess {
  /// Writes a plugin's configuration, its secrets filled in, to a private file.
  func hand(
    _ content: JSONValue,
    to plugin: Connector,
    _ role: Plan.Stage.Role,
    at path: String
  ) throws(Failure) -> HandedConfig {
    try HandedConfig(content, for: plugin, at: path, KeptSecrets(job, role), self)
  }

  /// Writes all that the stages of a plan are given.
  func hand(_ files: some Sequence<Plan.File>) throws(Failure) -> [HandedConfig] {
    var handed: [HandedConfig] = []
    for file in files {
      if file.listsSecrets { continue }
      if let (plugin, role) = file.plugin {
        handed.append(try hand(file.content, to: plugin, role, at: file.path))
      } else {
        try PrivateFile.write(file.path, file.content)
      }
    }
    try list(files)
    return handed
  }

  /// Writes what is not to be repeated, as it is known now.
  func list(_ files: some Sequence<Plan.File>) throws(Failure) {
    for file in files where file.listsSecrets {
      let forms = Redactor.known.forms.sorted().map { JSONValue.string($0) }
      try PrivateFile.replace(file.path, .array(forms))
    }
  }

  /// Keeps what plugins have changed of their secrets; returns what to tell of it.
  func harvest(_ handed: inout [HandedConfig]) -> [String] {
    var told: [String] = []
    for index in handed.indices { told += handed[index].harvest(self) }
    return told
  }
}
