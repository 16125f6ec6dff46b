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
