internal import Children
package import JSON
internal import Posix
package import Wire

/// Where connectors are looked up by name.
///
/// In this order: the project's folder, `DATIVO_HOME/plugins`, the folders of `DATIVO_PLUGINS`; each
/// with `taps/NAME/plugin.yaml` and `targets/NAME/plugin.yaml`. Then the executables
/// `dativo-tap-NAME` and `dativo-target-NAME` beside `dativo` and on PATH, which are asked.
package struct PluginCatalog: Sendable {
  /// The project's folder, absolute.
  package let project: String
  private let roots: [String]
  private let environment: [String: String]

  /// The catalog of the project in the folder `project`.
  package init(
    project: String,
    environment: [String: String] = JobFile.processEnvironment
  ) {
    self.project = project
    self.environment = environment
    let named = environment["DATIVO_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let home = named.map { Paths.absolute($0) } ?? "\(project)/.dativo"
    let further = (environment["DATIVO_PLUGINS"] ?? "").split(separator: ":").map {
      Paths.absolute(String($0))
    }
    roots = [project, "\(home)/plugins"] + further
  }

  /// The connector of that name.
  package func find(_ name: String, _ role: Plugin.Role) throws(Failure) -> Plugin {
    guard PluginFile.isName(name) else { throw unknown(name, role) }
    for root in roots {
      let path = "\(root)/\(role.folder)/\(name)/plugin.yaml"
      guard Paths.isFile(path) else { continue }
      let file = PluginFile.read(path)
      guard let plugin = file.plugin else { throw Findings(file.findings).failure }
      return plugin
    }
    let program = "dativo-\(role.rawValue)-\(name)"
    guard let executable = Executable.find(program, from: project, besides: true, path: path)
    else { throw unknown(name, role) }
    let about = try ask(executable)
    return Plugin(
      name: name,
      role: role,
      executable: executable,
      capabilities: about.capabilities,
      summary: about.summary,
      settings: about.settings
    )
  }

  private var path: String? { environment["PATH"] }

  private func ask(
    _ executable: String,
    _ arguments: [String] = [],
    _ variables: [String: String] = [:]
  ) throws(Failure) -> About {
    try About.ask(
      executable,
      arguments,
      folder: project,
      environment: environment.merging(variables) { _, own in own }
    )
  }

  /// What a plugin's configuration may hold: from its file, or from the program itself.
  package func settings(of plugin: Plugin) -> JSONValue? {
    if let settings = plugin.settings { return settings }
    guard plugin.executable.hasPrefix("/") else { return nil }
    return (try? ask(plugin.executable))?.settings
  }

  /// One end of a job's pipe: its program found, and asked what it can do.
  package func connector(_ end: Job.Connector, _ role: Plugin.Role) throws(Failure) -> Connector {
    switch end.program {
    case .plugin(let name):
      let plugin = try find(name, role)
      guard plugin.executable.hasPrefix("/") else {
        throw Failure(
          .configuration,
          "the executable \"\(plugin.executable)\" of the \(role.rawValue) \(name) was not found",
          hint: "A bare name is looked up beside its plugin.yaml, beside dativo and on PATH."
        )
      }
      guard plugin.wire == "singer" else {
        throw Failure(
          .configuration,
          "the \(role.rawValue) \(name) speaks the \(plugin.wire) protocol, which is not supported yet",
          hint: "A program that takes Singer's options can stand in its place."
        )
      }
      return Connector(
        name: "\(role.rawValue)-\(name)",
        executable: plugin.executable,
        capabilities: plugin.capabilities
      )
    case .command(let words):
      let program = words.first ?? ""
      let executable = try self.program(program)
      let arguments = Array(words.dropFirst())
      let about = try ask(executable, arguments, end.environment)
      return Connector(
        name: Self.name(words),
        executable: executable,
        arguments: arguments,
        capabilities: about.capabilities
      )
    }
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

  private func unknown(_ name: String, _ role: Plugin.Role) -> Failure {
    let names = names(role)
    let known = "Known \(role.folder): \(names.isEmpty ? "none" : names.joined(separator: ", "))."
    let elsewhere = [name, "\(role.rawValue)-\(name)"].first { word in
      !word.contains("/") && Executable.find(word, from: project, path: path) != nil
    }
    var hint = known
    if let near = Nearest.name(to: name, among: names) {
      hint = "Did you mean \"\(near)\"? \(known)"
    } else if let elsewhere {
      hint = "\"\(elsewhere)\" is on PATH: write `command: [\(elsewhere)]`. \(known)"
    } else {
      hint += " Any other program: `command: [program, argument]`."
    }
    return Failure(.configuration, "no \(role.rawValue) is named \"\(name)\"", hint: hint)
  }

  /// The names that can be found, sorted.
  package func names(_ role: Plugin.Role) -> [String] {
    var names: Set<String> = []
    for root in roots {
      let folder = "\(root)/\(role.folder)"
      for name in Paths.names(in: folder) where Paths.isFile("\(folder)/\(name)/plugin.yaml") {
        names.insert(name)
      }
    }
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
}
