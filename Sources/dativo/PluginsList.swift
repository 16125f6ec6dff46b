import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins list`.
struct PluginsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the plugins that can be used, or all that are known.",
    discussion: """
      The last column but one says how far a plugin was tried: install, about, discover, sync \
      (rows equal to the source), or broken; `dativo plugins show` tells the error.
      """
  )

  @OptionGroup var options: PluginOptions

  @Flag(name: .long, help: "Also those that come with Dativo and are not installed.")
  var all = false

  @Flag(name: .long, help: "Only those that are broken.")
  var broken = false

  func run() throws {
    try Answer.give("plugins list", json: options.json) {
      let (plugins, warnings) = PluginTable.plugins(
        options.catalog,
        options.role,
        all: all || broken
      )
      let shown = broken ? plugins.filter(\.status.isBroken) : plugins
      return Answer(
        ["plugins": .array(shown.map(PluginTable.brief))],
        text: PluginTable.text(shown),
        summary: Figures.things(shown.count, "plugin"),
        warnings: warnings
      )
    }
  }
}

/// `dativo plugins show`.
struct PluginsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a plugin: where it comes from, what was tried, its settings."
  )

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins show", json: options.json) {
      let plugin = try options.catalog.subject(name, options.role)
      let settings = options.catalog.settings(of: plugin)
      return Answer(
        PluginTable.full(plugin, settings),
        text: PluginTable.sheet(plugin, settings),
        summary: plugin.summary.isEmpty ? plugin.name : "\(plugin.name): \(plugin.summary)"
      )
    }
  }
}
