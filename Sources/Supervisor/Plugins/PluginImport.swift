internal import Children
package import JSON
internal import Posix
package import Wire

/// Makes the description of a plugin from a package of PyPI: it is installed, and asked.
package struct PluginImport {
  /// What the user says of it.
  package struct Request: Sendable {
    package var python: PythonPackage
    package var name: String?
    package var role: Plugin.Role?
    package var executable: String?
    /// A real configuration to ask for streams with; nil for made-up values.
    package var config: JSONObject?
    /// Whether a description that is there is replaced; its quirks stay.
    package var replaces = false

    package init(_ python: PythonPackage) { self.python = python }
  }

  package private(set) var plugin: Plugin
  /// Where the description is written.
  package let path: String
  /// The version of Python that it was installed for.
  private var python: String?

  /// Installs the package, asks it, and writes its description.
  ///
  /// One that does not install or start is described too, with its error.
  package init(_ request: Request, _ catalog: PluginCatalog) throws(Failure) {
    let name = request.name ?? request.python.pluginName
    let role = request.role ?? (request.python.namesTarget ? .target : .tap)
    guard PluginFile.isName(name) else {
      throw Failure(.usage, "\"\(name)\" is no name of a plugin", hint: "Write `--name github`.")
    }
    path = "\(catalog.project)/\(role.folder)/\(name)/plugin.yaml"
    let isThere = Paths.isFile(path)
    guard request.replaces || !isThere else {
      throw Failure(
        .usage,
        "\(path) is there already",
        hint: "--replace writes it anew; --name gives another name."
      )
    }
    let former = isThere ? PluginFile.read(path).plugin : nil
    plugin = Plugin(name: name, role: role, executable: name, capabilities: [])
    plugin.python = request.python
    if request.python.isOfAirbyte { plugin.wire = "airbyte" }
    if let former {
      plugin.quirks = former.quirks
      plugin.status[.sync] = former.status[.sync]
      if request.python.extra.isEmpty, let extra = former.python?.extra {
        plugin.python?.extra = extra
      }
    }
    var installer = try PluginInstaller(catalog)
    do throws(Failure) {
      let entry = try installer.relock(plugin)
      plugin.python?.version = entry.version
      plugin.origin.tested = [entry.version]
      python = entry.python
      try installer.install(plugin)
    } catch {
      plugin.status[.install] = .broken(TrialError.line([error.message]) ?? error.message)
      plugin.python?.version = request.python.version
      try write(catalog)
      return
    }
    let environment = catalog.folders.environment(name, role)
    try describe(environment, request)
    let trial = PluginTrial(
      plugin,
      catalog,
      config: request.config,
      isMadeUp: request.config == nil
    )
    let settings = trial.about.settings ?? trial.plugin.settings
    plugin = trial.plugin
    plugin.capabilities = trial.about.capabilities
    if trial.about.source == .about, plugin.wire == "singer" { plugin.capabilities.insert("about") }
    if let said = SettingsDigest.line(trial.about.summary), plugin.summary.isEmpty {
      plugin.summary = said
    }
    if let settings {
      let digest = SettingsDigest.of(settings, plugin.capabilities)
      plugin.settings = digest
      plugin.origin.permissions = SettingsDigest.permissions(digest)
    }
    try write(catalog)
  }

  private func write(_ catalog: PluginCatalog) throws(Failure) {
    try catalog.writeSchema()
    try Project.write(path, PluginText.text(plugin, schema: catalog.schemaFile))
  }

  /// What the distribution says of itself.
  private mutating func describe(_ environment: String, _ request: Request) throws(Failure) {
    guard let package = plugin.python?.package,
      let distribution = Distribution(package, in: environment)
    else { return }
    plugin.summary = distribution.summary.flatMap(SettingsDigest.line) ?? ""
    let bounds = request.python.python ?? bounds(distribution.python)
    plugin.python?.python = bounds
    plugin.origin.maintainer = distribution.maintainer
    plugin.origin.homepage = distribution.homepage
    plugin.origin.license = distribution.license
    let program: String
    if let named = request.executable {
      program = named
    } else {
      // Older packages bring scripts that they do not name.
      let named = distribution.scripts
      let there = Paths.names(in: "\(environment)/bin").filter {
        $0.hasPrefix("\(word)-")
      }
      program = try script(named.isEmpty ? there : named)
    }
    let executable = "\(environment)/bin/\(program)"
    plugin.executable = Executable.isExecutable(executable) ? executable : program
  }

  /// The versions of Python that the package names, if they hold the one that it was installed for:
  /// many an old package shuts out newer ones that it runs on.
  private func bounds(_ text: String?) -> String? {
    guard let text, let versions = PythonVersions(text), let python else { return nil }
    return versions.contains(python) ? text : nil
  }

  /// What the names of such programs begin with.
  private var word: String {
    guard plugin.wire == "airbyte" else { return plugin.role.rawValue }
    return plugin.role == .tap ? "source" : "destination"
  }

  /// The script that is the connector.
  private func script(_ scripts: [String]) throws(Failure) -> String {
    let package = plugin.python?.package ?? ""
    let word = word
    let ordered = scripts.sorted()
    let found =
      ordered.first { $0 == package }
      ?? ordered.first { package.hasSuffix($0) && $0.hasPrefix(word) }
      ?? ordered.first { $0.hasPrefix("\(word)-") }
      ?? ordered.first { $0.contains(word) }
      ?? (ordered.count == 1 ? ordered.first : nil)
    if let found { return found }
    throw Failure(
      .configuration,
      scripts.isEmpty
        ? "\(package) has no executable"
        : "which executable of \(package) is the \(plugin.role.rawValue)?",
      hint: scripts.isEmpty
        ? "It may be a library: `dativo plugins remove \(plugin.name)`."
        : "Write `--executable NAME`: \(ordered.joined(separator: ", "))."
    )
  }
}
