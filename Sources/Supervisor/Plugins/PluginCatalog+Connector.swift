internal import Children
internal import JSON
internal import Posix
internal import Sandbox
package import Wire

extension PluginCatalog {
  /// One end of a job's pipe: its program found, and asked what it can do.
  ///
  /// A command that has `told` already is not asked again.
  package func connector(
    _ end: Job.Connector,
    _ role: Plugin.Role,
    told: About? = nil
  ) throws(Failure) -> Connector {
    switch end.program {
    case .plugin(let name):
      let plugin = try find(name, role) { found in
        let warnings = found.filter { $0.severity == .warning }
        Console(showsProgress: false).show(warnings.map(\.text))
      }
      Redactor.learn(SecretValues(end, plugin.settings))
      var connector = try runnable(plugin)
      let enclosing = Enclosing(catalog: self, end: end, role: role)
      // Where it is ours, it runs a connector of other people's that its configuration names.
      let isAirbyte = connector.isOurs && name == "airbyte"
      let image = isAirbyte ? end.config["image"]?.string : nil
      if let image { connector.arguments += try pin(image) }
      if image != nil || plugin.image != nil {
        let policy = try enclosing.container(
          plugin.origin.permissions,
          settings: plugin.settings,
          container: isAirbyte ? end.config["container"]?.object : nil
        )
        connector.container = policy
        connector.arguments += policy.options
        connector.isOurs = false
      } else if isAirbyte,
        let words = try enclosing.words(connector.executable, &connector.arguments)
      {
        connector.enclosure = try enclosing.enclosure(around: words)
        connector.isOurs = false
      } else {
        connector.enclosure = try enclosing.enclosure(
          plugin.executable,
          permissions: plugin.origin.permissions,
          folder: folder(of: plugin),
          files: plugin.wire == "airbyte" ? Enclosing.libraries : [],
          settings: plugin.settings
        )
      }
      return connector
    case .command(let words):
      let program = words.first ?? ""
      let executable = try self.program(program)
      let arguments = Array(words.dropFirst())
      let about: About
      let enclosure = try Enclosing(catalog: self, end: end, role: role)
        .enclosure(executable, permissions: nil)
      if let told {
        about = told
      } else {
        about = try ask(executable, arguments, end.environment, enclosure: enclosure)
      }
      Redactor.learn(SecretValues(end, about.settings))
      var connector = Connector(
        name: Self.name(words),
        executable: executable,
        arguments: arguments,
        capabilities: about.capabilities,
        settings: about.settings
      )
      connector.enclosure = enclosure
      connector.isOurs = Enclosing.isOurs(executable)
      return connector
    }
  }

  /// A plugin as something that can be run: one of Airbyte's by our own tap or target.
  func runnable(_ plugin: Plugin) throws(Failure) -> Connector {
    if let failure = obstacle(plugin) { throw failure }
    var connector = Connector(
      name: "\(plugin.role.rawValue)-\(plugin.name)",
      executable: plugin.executable,
      capabilities: plugin.capabilities,
      settings: plugin.settings,
      quirks: plugin.quirks
    )
    connector.isOurs = Enclosing.isOurs(plugin.executable)
    guard plugin.wire == "airbyte" else { return connector }
    let host = try find("airbyte", plugin.role)
    if let failure = obstacle(host) { throw failure }
    connector.executable = host.executable
    connector.capabilities = host.capabilities
    if let image = plugin.image {
      connector.arguments = ["--image", image] + (try pin(image))
    } else {
      connector.arguments = ["--executable", plugin.executable]
    }
    return connector
  }

  /// The options that hold our tap or target to the digest that an image is locked to.
  private func pin(_ image: String) throws(Failure) -> [String] {
    try PluginLock.read(folders.lock).images[image].map { ["--digest", $0] } ?? []
  }

  /// How a plugin is confined that is asked or tried, outside of a job.
  func enclosure(
    of plugin: Plugin,
    config: JSONObject = JSONObject()
  ) throws(Failure) -> Enclosure? {
    // A container is closed by its engine.
    guard plugin.image == nil else { return nil }
    let end = Job.Connector(program: .plugin(plugin.name), config: config)
    return try Enclosing(catalog: self, end: end, role: plugin.role).enclosure(
      plugin.executable,
      permissions: plugin.origin.permissions,
      folder: folder(of: plugin),
      files: plugin.wire == "airbyte" ? Enclosing.libraries : [],
      settings: plugin.settings
    )
  }

  /// The folder of a plugin that is no installed package: its files lie beside its description.
  func folder(of plugin: Plugin) -> String? {
    plugin.python == nil ? plugin.file.map { Paths.absolute(Files.folder(of: $0)) } : nil
  }

  /// Why a plugin cannot be run as it is; nil where it can.
  func obstacle(_ plugin: Plugin) -> Failure? {
    if plugin.image != nil, plugin.wire == "airbyte" { return nil }
    if plugin.image != nil {
      return Failure(
        .configuration,
        "the \(plugin.title) is a container image, which is not supported yet",
        hint: "A program that takes Singer's options can stand in its place."
      )
    }
    if plugin.executable.hasPrefix("/") { return nil }
    if plugin.python != nil {
      let option = plugin.role == .target ? " --role target" : ""
      return Failure(
        .configuration,
        "the \(plugin.title) is not installed",
        hint: "Run `dativo plugins install \(plugin.name)\(option)`."
      )
    }
    return Failure(
      .configuration,
      "the executable \"\(plugin.executable)\" of the \(plugin.title) was not found",
      hint: "A bare name is looked up beside its plugin.yaml, beside dativo and on PATH."
    )
  }

  /// The program of a command, looked up as a run does.
  package func program(_ name: String) throws(Failure) -> String {
    guard let executable = Executable.find(name, from: project, besides: true, path: path) else {
      throw missing(name)
    }
    return executable
  }

  /// What people call a command: its program, or the script where that is only the interpreter.
  private static func name(_ words: [String]) -> String {
    func base(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }
    let program = base(words.first ?? "")
    let interpreters = ["python", "bash", "sh", "node", "ruby", "perl", "env", "uv"]
    guard interpreters.contains(where: program.hasPrefix),
      let script = words.dropFirst().first(where: { word in
        word.contains(".") && !word.hasPrefix("-") && !word.contains(" ")
      })
    else { return program }
    return base(script)
  }

  private func missing(_ program: String) -> Failure {
    let file = program.contains("/") ? Paths.absolute(program, from: project) : nil
    if let file, Paths.isFile(file) {
      return Failure(
        .configuration,
        "the program \(program) is not executable",
        hint: "Run `chmod +x \(file)`."
      )
    }
    return Failure(
      .configuration,
      "the program \(program) was not found",
      hint: program.contains("/")
        ? "A path starts from \(project)."
        : "It is looked up on PATH; a path such as ./\(program) starts from \(project)."
    )
  }
}
