import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins remove`.
struct PluginsRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a plugin's environment and its lock.",
    discussion: """
      Its description in the project is removed too if it is still as it came with Dativo; one that \
      was edited stays.
      """
  )

  @Argument(help: "Names.")
  var names: [String]

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins remove", json: options.json) {
      var installer = try PluginInstaller(options.catalog)
      var lines: [String] = []
      for plugin in try options.subjects(names) {
        let wasThere = try installer.remove(plugin)
        let description = installer.catalog.disown(plugin)
        switch (wasThere, description) {
        case (false, false): lines.append("\(plugin.title) was not installed")
        case (_, true): lines.append("\(plugin.title) removed, with its description")
        case (true, false): lines.append("\(plugin.title) removed")
        }
      }
      return Answer(
        ["removed": .array(names.map { .string($0) })],
        text: lines.joined(separator: "\n")
      )
    }
  }
}

/// `dativo plugins bundle`.
struct PluginsBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Put the wheels of the locked plugins into a folder, to install without a network.",
    discussion: """
      Where only source is published the wheel is built, and its hash joins that of the source in \
      dativo.lock. On the other machine, which must be of the same kind:

        dativo plugins install --offline FOLDER
      """
  )

  @Argument(help: "The folder; created where it is missing.")
  var folder: String

  @Argument(help: "Names; none for all that dativo.lock has.")
  var names: [String] = []

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins bundle", json: options.json) {
      var installer = try PluginInstaller(options.catalog)
      let plugins = try names.isEmpty ? installer.locked() : options.subjects(names)
      guard !plugins.isEmpty else {
        throw Failure(
          .usage,
          "\(installer.catalog.folders.lock) names no plugin",
          hint: "Write `dativo plugins lock NAME` first."
        )
      }
      let wheels = try installer.bundle(plugins, into: Paths.absolute(folder))
      return Answer(
        ["folder": .string(folder), "wheels": .array(wheels.map { .string($0) })],
        text: "\(wheels.count) wheels of \(plugins.count) plugins in \(folder)"
      )
    }
  }
}
