import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins test`.
struct PluginsTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Try plugins: do they start, tell of themselves, tell their streams?",
    discussion: """
      With --config a tap also runs its own test of the connection. With --made-up a tap is given \
      values that mean nothing where it wants settings, and its requests are led into nothing: many \
      taps tell their streams even so.

      EXIT STATUS
        0    all that was tried works, or needs a server that is not here
        1    something is broken
      """
  )

  @Argument(help: "Names.")
  var names: [String]

  @Option(name: .long, help: "The tap's configuration, a JSON or YAML file.")
  var config: String?

  @Flag(name: .long, help: "Discover with made-up settings, without a network.")
  var madeUp = false

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins test", json: options.json) {
      let values = try config.map { try Discovery.configuration($0) }
      let catalog = options.catalog
      var lines: [String] = []
      var result: [JSONValue] = []
      var broken: [String] = []
      for var plugin in try options.subjects(names) {
        plugin.status = PluginStatus()
        let trial = PluginTrial(plugin, catalog, config: values, isMadeUp: madeUp && values == nil)
        lines += TrialReport.lines(trial)
        result.append(TrialReport.json(trial))
        if trial.isBroken { broken.append(plugin.name) }
      }
      let answer = Answer(
        ["plugins": .array(result.map { Redactor.known.applied(to: $0) })],
        text: Redactor.known.applied(to: lines.joined(separator: "\n")),
        summary: "\(Figures.things(result.count, "plugin")) tried, \(broken.count) broken",
        exit: broken.isEmpty ? 0 : 1
      )
      guard !broken.isEmpty else { return answer }
      return answer.failed("broken: \(broken.joined(separator: ", "))")
    }
  }
}

/// What came of trying a plugin.
enum TrialReport {
  static func lines(_ trial: PluginTrial) -> [String] {
    var rows = PluginTable.steps(trial.plugin.status)
    if !trial.streams.isEmpty {
      rows.append(["streams", CatalogTable.list(trial.streams)])
    }
    switch trial.test {
    case .works?: rows.append(["--test", "works"])
    case .needs(let what)?: rows.append(["--test", PluginTable.needs(what)])
    case .broken(let error)?: rows.append(["--test", "broken: \(error)"])
    case nil: break
    }
    return [trial.plugin.title] + TextTable.lines(rows).map { "  \($0)" }
  }

  static func json(_ trial: PluginTrial) -> JSONValue {
    [
      "role": .string(trial.plugin.role.rawValue), "name": .string(trial.plugin.name),
      "status": PluginTable.status(trial.plugin.status),
      "capabilities": .array(trial.about.capabilities.sorted().map { .string($0) }),
      "streams": .array(trial.streams.map { .string($0) }),
      "test": trial.test.map { .bool($0 == .works) } ?? .null,
    ]
  }
}
