import ArgumentParser
import JSON
import Supervisor
import Wire

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
      let plugins = try options.chosen(names, installer, else: "dativo plugins lock NAME")
      let wheels = try installer.bundle(plugins, into: Paths.absolute(folder))
      return Answer(
        ["folder": .string(folder), "wheels": .array(wheels.map { .string($0) })],
        text: "\(wheels.count) wheels of \(plugins.count) plugins in \(folder)"
      )
    }
  }
}
