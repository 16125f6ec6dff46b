import ArgumentParser
import Supervisor
import Wire

/// `dativo plugins`.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "Find, install and try taps and targets.",
    discussion: """
      A plugin is described by taps/NAME/plugin.yaml or targets/NAME/plugin.yaml: in the project, in \
      DATIVO_HOME/plugins, in the folders of DATIVO_PLUGINS, or among those that come with Dativo. \
      Those of PyPI are installed into an environment each, by uv if it is on PATH, else by python3 \
      with venv and pip; dativo.lock keeps the hash of everything that is installed.

        dativo plugins list --all
        dativo plugins add jsonl
        dativo plugins test jsonl --config tap.json
      """,
    subcommands: [
      PluginsList.self, PluginsShow.self, PluginsAdd.self, PluginsInstall.self, PluginsRemove.self,
      PluginsLock.self, PluginsTest.self, PluginsAudit.self, PluginsImport.self, PluginsBundle.self,
    ]
  )
}

extension Plugin.Role: ExpressibleByArgument {}

/// What all commands about plugins take.
struct PluginOptions: ParsableArguments {
  @Option(name: .long, help: "The project's folder.")
  var project = "."

  @Option(name: .long, help: "tap or target, where both have the name.")
  var role: Plugin.Role?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  var catalog: PluginCatalog { PluginCatalog(project: Paths.absolute(project)) }

  /// The plugins that are named, or where none is all that dativo.lock has; throws where that is none.
  func chosen(
    _ names: [String],
    _ installer: PluginInstaller,
    else command: String
  ) throws -> [Plugin] {
    let plugins = try names.isEmpty ? installer.locked() : subjects(names)
    guard plugins.isEmpty else { return plugins }
    throw Failure(
      .usage,
      "\(installer.catalog.folders.lock) names no plugin",
      hint: "Write `\(command)`."
    )
  }

  /// The plugins that the words name.
  func subjects(_ words: [String]) throws -> [Plugin] {
    let catalog = catalog
    return try words.map { try catalog.subject($0, role) }
  }
}
