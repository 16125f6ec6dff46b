internal import Posix
package import Wire

/// Installs plugins, each into an environment of its own, exactly as `dativo.lock` has them.
package struct PluginInstaller {
  package let catalog: PluginCatalog
  private let installer: Installer
  private var lock: PluginLock

  package init(_ catalog: PluginCatalog) throws(Failure) {
    self.catalog = catalog
    installer = try Installer(home: catalog.folders.installer)
    lock = try PluginLock.read(catalog.folders.lock)
  }

  /// `uv` or `pip`.
  package var program: String { installer.name }

  /// The plugins that are locked.
  package func locked() throws(Failure) -> [Plugin] {
    var plugins: [Plugin] = []
    for entry in lock.entries { plugins.append(try catalog.find(entry.name, entry.role)) }
    return plugins
  }

  /// Installs a plugin; what is not locked yet is resolved and locked first.
  ///
  /// With `wheels`, a folder that `bundle` has filled, nothing is asked of a network.
  @discardableResult
  package mutating func install(
    _ plugin: Plugin,
    wheels: String? = nil
  ) throws(Failure) -> PluginLock.Entry {
    if let wheels, lock[plugin.name, plugin.role] == nil {
      throw Failure(
        .configuration,
        "the \(plugin.title) is not in \(catalog.folders.lock)",
        hint: "What is installed from \(wheels) must be locked: keep dativo.lock with the project."
      )
    }
    let entry: PluginLock.Entry
    if let locked = lock[plugin.name, plugin.role] {
      entry = locked
    } else {
      entry = try relock(plugin)
    }
    try environment(plugin).install(entry, with: installer, wheels: wheels)
    return entry
  }

  /// Resolves a plugin anew, and locks what that comes to.
  @discardableResult
  package mutating func relock(_ plugin: Plugin) throws(Failure) -> PluginLock.Entry {
    guard let python = plugin.python else { throw Self.notOurs(plugin) }
    let scratch = Scratch()
    defer { scratch.remove() }
    let folder = "\(scratch.path)/python"
    try installer.make(folder, python: python.python)
    let distributions = try installer.resolve(python.requirements, for: folder)
    let wanted = PythonPackage.normal(python.package)
    guard let own = distributions.first(where: { $0.name == wanted }),
      distributions.allSatisfy({ !$0.hashes.isEmpty })
    else {
      throw Failure(
        .bug,
        "\(installer.name) told no hashes for \(python.package)",
        hint: "A newer version of it may do so."
      )
    }
    let entry = PluginLock.Entry(
      name: plugin.name,
      role: plugin.role,
      package: python.package,
      version: own.version,
      python: try installer.version(folder).split(separator: ".").prefix(2)
        .joined(separator: "."),
      distributions: distributions
    )
    lock[plugin.name, plugin.role] = entry
    try lock.write(catalog.folders.lock)
    return entry
  }

  /// Removes a plugin's environment and its lock; tells whether there was anything.
  package mutating func remove(_ plugin: Plugin) throws(Failure) -> Bool {
    let environment = environment(plugin)
    let wasThere = Paths.exists(environment.folder) || lock[plugin.name, plugin.role] != nil
    environment.remove()
    guard lock[plugin.name, plugin.role] != nil else { return wasThere }
    lock[plugin.name, plugin.role] = nil
    try lock.write(catalog.folders.lock)
    return wasThere
  }

  /// Puts the wheels of all locked plugins, or of `plugins`, into `target`; returns their names.
  ///
  /// What its author publishes as source only is built here, and the hash of the wheel is locked
  /// beside that of the source.
  package mutating func bundle(
    _ plugins: [Plugin],
    into target: String
  ) throws(Failure) -> [String] {
    for plugin in plugins {
      let entry = try install(plugin)
      let scratch = Scratch()
      defer { scratch.remove() }
      let file = "\(scratch.path)/requirements.txt"
      let wheels = "\(scratch.path)/wheels"
      try Project.write(file, entry.requirements)
      try installer.wheels(file, for: environment(plugin).folder, into: wheels)
      lock[plugin.name, plugin.role] = try WheelFolder(wheels).moved(
        to: target,
        for: entry,
        known: Set(lock.entries.flatMap(\.distributions).flatMap(\.hashes))
      )
      try lock.write(catalog.folders.lock)
    }
    return Paths.names(in: target).filter { $0.hasSuffix(".whl") }
  }

  private func environment(_ plugin: Plugin) -> PluginEnvironment {
    PluginEnvironment(catalog.folders.environment(plugin.name, plugin.role))
  }

  private static func notOurs(_ plugin: Plugin) -> Failure {
    Failure(
      .configuration,
      "the \(plugin.title) is no Python package: there is nothing to install",
      hint: plugin.executable.hasPrefix("/")
        ? "Its program is \(plugin.executable)." : "Its program is \(plugin.executable), from PATH."
    )
  }
}
