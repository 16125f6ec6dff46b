internal import Children
package import JSON
internal import Posix
package import Wire

/// Where connectors are looked up by name.
///
/// In this order: the project's folder, `DATIVO_HOME/plugins`, the folders of `DATIVO_PLUGINS`; each
/// with `taps/NAME/plugin.yaml` and `targets/NAME/plugin.yaml`. Then the executables
/// `dativo-tap-NAME` and `dativo-target-NAME` beside `dativo` and on PATH, which are asked; and at
/// last the descriptions that come with Dativo.
package struct PluginCatalog: Sendable {
  /// The project's folder, absolute.
  package let project: String
  package let folders: PluginFolders
  /// The folders that hold descriptions of the user's own.
  let roots: [String]
  private let environment: [String: String]

  /// The catalog of the project in the folder `project`.
  package init(
    project: String,
    environment: [String: String] = JobFile.processEnvironment
  ) {
    self.project = project
    self.environment = environment
    folders = PluginFolders(project: project, environment: environment)
    let further = (environment["DATIVO_PLUGINS"] ?? "").split(separator: ":").map {
      Paths.absolute(String($0))
    }
    roots = [project, folders.plugins] + further
  }

  /// The connector of that name.
  ///
  /// `warn` is told what is doubtful of its description.
  package func find(
    _ name: String,
    _ role: Plugin.Role,
    warn: ([Finding]) -> Void = { _ in }
  ) throws(Failure) -> Plugin {
    guard PluginFile.isName(name) else { throw unknown(name, role) }
    if let plugin = try described(name, role, in: roots, warn) { return plugin }
    let program = "dativo-\(role.rawValue)-\(name)"
    guard let executable = Executable.find(program, from: project, besides: true, path: path) else {
      let shipped = PluginFolders.shipped.map { [$0] } ?? []
      if let plugin = try described(name, role, in: shipped, warn) { return plugin }
      throw unknown(name, role)
    }
    // What came with the program needs not be asked of it: a process less for each run.
    if let shipped = PluginFolders.shipped,
      let plugin = try described(name, role, in: [shipped], warn), plugin.executable == executable
    {
      return plugin
    }
    var plugin = Plugin(name: name, role: role, executable: executable, capabilities: [])
    let about = try ask(executable, enclosure: enclosure(of: plugin))
    plugin.capabilities = about.capabilities
    plugin.summary = about.summary
    plugin.settings = about.settings
    return plugin
  }

  /// What the first description of that name says.
  ///
  /// Nil where there is none, or it has errors; no program is asked.
  func description(_ name: String, _ role: Plugin.Role) -> Plugin? {
    let shipped = PluginFolders.shipped.map { [$0] } ?? []
    return PluginFile.isName(name) ? try? described(name, role, in: roots + shipped) { _ in } : nil
  }

  /// The connector that the first description of that name tells of.
  private func described(
    _ name: String,
    _ role: Plugin.Role,
    in roots: [String],
    _ warn: ([Finding]) -> Void
  ) throws(Failure) -> Plugin? {
    for root in roots {
      let path = "\(root)/\(role.folder)/\(name)/plugin.yaml"
      guard Paths.isFile(path) else { continue }
      let file = PluginFile.read(path)
      guard var plugin = file.plugin else { throw Findings(file.findings).failure }
      warn(file.findings)
      if plugin.python != nil, !plugin.executable.hasPrefix("/") {
        let environment = PluginEnvironment(folders.environment(name, role))
        if let program = environment.program(plugin.executable) { plugin.executable = program }
      }
      return plugin
    }
    return nil
  }

  var path: String? { environment["PATH"] }

  /// What a program says of itself, now or when it was asked last.
  func ask(
    _ executable: String,
    _ arguments: [String] = [],
    _ variables: [String: String] = [:],
    enclosure: Enclosure? = nil
  ) throws(Failure) -> About {
    // What is confined gets none of our own variables.
    let base = enclosure == nil ? StageEnvironment.base(of: executable, environment) : [:]
    let home = folders.home
    return try .kept(executable, arguments, enclosure: enclosure, home: home) {
      () throws(Failure) in
      try .ask(
        executable,
        arguments,
        folder: project,
        environment: base.merging(variables) { $1 },
        enclosure: enclosure
      )
    }
  }

  /// What a plugin's configuration may hold: from its file, or from the program itself.
  package func settings(of plugin: Plugin) -> JSONValue? {
    if let settings = plugin.settings { return settings }
    guard plugin.executable.hasPrefix("/") else { return nil }
    return (try? ask(plugin.executable, enclosure: enclosure(of: plugin)))?.settings
  }
}
