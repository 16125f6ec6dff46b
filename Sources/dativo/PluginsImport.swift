import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins import`.
struct PluginsImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Describe a package of PyPI as a plugin: install it, ask it, write its plugin.yaml.",
    discussion: """
      The description is made of what the package says: --about, else --help, and its metadata. It \
      is tried as `dativo plugins test --made-up` does, or with --config; what came of that stands \
      under `status`. A package that does not install or start is described too, as broken.

      EXIT STATUS
        0    described
        1    described, but something is broken
      """
  )

  @Argument(help: "The package, or package==version.")
  var package: String

  @Option(name: .long, help: "The plugin's name; by default the package's without tap and target.")
  var name: String?

  @Option(name: .long, help: "Which of its executables it is.")
  var executable: String?

  @Option(name: .long, help: "A requirement that it forgets to name, such as \"setuptools<81\".")
  var extra: [String] = []

  @Option(name: .long, help: "The versions of Python to install it for, such as \">=3.10,<3.12\".")
  var python: String?

  @Option(name: .long, help: "A configuration to ask for streams with, a JSON or YAML file.")
  var config: String?

  @Flag(name: .long, help: "Write a description that is there anew.")
  var replace = false

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins import", json: options.json) {
      var request = PluginImport.Request(try parsed())
      request.name = name
      request.role = options.role
      request.executable = executable
      request.replaces = replace
      request.config = try config.map { try Discovery.configuration($0) }
      let made = try PluginImport(request, options.catalog)
      var answer = Answer(
        PluginTable.full(made.plugin, made.plugin.settings),
        text: (TextTable.lines(PluginTable.steps(made.plugin.status)) + [
          "described in \(made.path)"
        ])
        .joined(separator: "\n")
      )
      if made.plugin.status.failure != nil { answer.exit = 1 }
      return answer
    }
  }

  private func parsed() throws -> PythonPackage {
    let parts = package.split(separator: "=", omittingEmptySubsequences: true).map(String.init)
    var python = PythonPackage(parts.first ?? "", version: parts.count > 1 ? parts[1] : nil)
    python.extra = extra
    python.python = self.python
    if let failure = python.mistake { throw failure }
    return python
  }
}
