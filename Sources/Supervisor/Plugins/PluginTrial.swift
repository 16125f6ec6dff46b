internal import Children
package import JSON
internal import Posix
internal import Wire

/// Tries a plugin as far as that goes without moving data.
///
/// Is it there, does it tell of itself, does it tell its streams, does its own test pass?
package struct PluginTrial {
  package private(set) var plugin: Plugin
  package private(set) var about = About.silent()
  package private(set) var streams: [String] = []
  /// What its own test of the connection came to; nil where it was not run.
  package private(set) var test: PluginStatus.Outcome?
  private let folders: PluginFolders
  private let catalog: PluginCatalog
  private let environment: [String: String]
  private let isMadeUp: Bool

  /// Variables that lead every request of made-up values into nothing: they must not reach anybody.
  private static let cutOff = [
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
  ]

  /// What each step came to is in `plugin.status`; what was tried before stays where it is not
  /// tried again.
  package init(_ plugin: Plugin, _ catalog: PluginCatalog, config: JSONObject?, isMadeUp: Bool) {
    self.plugin = plugin
    folders = catalog.folders
    self.catalog = catalog
    self.isMadeUp = isMadeUp
    var environment: [String: String] = [:]
    if isMadeUp {
      for name in Self.cutOff { environment[name] = "http://127.0.0.1:9" }
      environment["NO_PROXY"] = ""
      environment["no_proxy"] = ""
    }
    self.environment = environment
    install(catalog)
    guard self.plugin.status[.install] == .works else { return }
    tell()
    guard case .works? = self.plugin.status[.about] else { return }
    if let config {
      discover(config)
      test(config)
    } else if isMadeUp {
      discoverMadeUp()
    }
  }

  /// Whether anything does not work that could be tried.
  package var isBroken: Bool {
    if case .broken? = test { return true }
    return plugin.status.failure != nil
  }

  private mutating func install(_ catalog: PluginCatalog) {
    if let obstacle = catalog.obstacle(plugin) {
      plugin.status[.install] = .broken(obstacle.message)
    } else {
      plugin.status[.install] = .works
    }
  }

  private mutating func tell() {
    do throws(Failure) {
      let enclosure = try catalog.enclosure(of: plugin)
      // What is confined gets none of our own variables.
      let environment =
        enclosure == nil
        ? StageEnvironment.base(of: plugin.executable).merging(environment) { $1 } : environment
      about =
        plugin.wire == "airbyte"
        ? try About.specified(
          plugin.executable,
          plugin.role,
          folder: folders.project,
          environment: environment,
          enclosure: enclosure
        )
        : try About.ask(
          plugin.executable,
          folder: folders.project,
          environment: environment,
          enclosure: enclosure
        )
    } catch {
      plugin.status[.about] = .broken(error.message)
      return
    }
    if case .silent(let line) = about.source {
      let error = TrialError.line(line.map { [$0] } ?? [])
      plugin.status[.about] = .broken(error ?? "it answers neither --about nor --help")
    } else {
      plugin.status[.about] = .works
    }
  }

  private mutating func discover(_ config: JSONObject) {
    guard connector.discovers else { return }
    switch discovered(config) {
    case .success: plugin.status[.discover] = .works
    case .failure(let failure): plugin.status[.discover] = outcome(failure)
    }
  }

  /// Begins with what the plugin says that it needs, and adds what it complains of.
  private mutating func discoverMadeUp() {
    guard connector.discovers else { return }
    // A description keeps too little of nested settings to make up values of.
    var config = MadeUpConfig.of(
      plugin.wire == "airbyte" ? about.settings : plugin.settings ?? about.settings
    )
    for _ in 0..<4 {
      guard case .failure(let failure) = discovered(config) else {
        plugin.status[.discover] = .works
        return
      }
      plugin.status[.discover] = outcome(failure)
      let missing = MadeUpConfig.missing(in: failure.lines).filter { config[$0] == nil }
      guard !missing.isEmpty else { return }
      for name in missing { config[name] = MadeUpConfig.value(name, .null) }
      require(missing)
    }
  }

  /// Settings that it has asked for belong to its description.
  private mutating func require(_ names: [String]) {
    var settings = plugin.settings?.object ?? JSONObject()
    var properties = settings["properties"]?.object ?? JSONObject()
    var required = settings["required"]?.array ?? []
    for name in names {
      properties[name] = properties[name] ?? .object(JSONObject())
      required.append(.string(name))
    }
    settings["properties"] = .object(properties)
    settings["required"] = .array(required)
    plugin.settings = .object(settings)
  }

  private mutating func test(_ config: JSONObject) {
    guard about.capabilities.contains("test") else { return }
    do throws(Failure) {
      try withDiscovery(config) { discovery throws(Failure) in try discovery.test() }
      test = .works
    } catch {
      test = outcome(error)
    }
  }

  private var connector: Connector {
    var connector =
      (try? catalog.runnable(plugin))
      ?? Connector(name: plugin.title, executable: plugin.executable, capabilities: [])
    connector.name = plugin.title
    connector.capabilities.formUnion(about.capabilities)
    return connector
  }

  /// What it is granted with these settings; of made-up ones nothing comes.
  private func confined(_ config: JSONObject) throws(Failure) -> Connector {
    var connector = connector
    connector.enclosure = try catalog.enclosure(
      of: plugin,
      config: isMadeUp ? JSONObject() : config
    )
    return connector
  }

  /// Many a tap tries to reach its service for minutes, which made-up settings cannot; what is made
  /// with Airbyte's kit takes long to start.
  private var seconds: Double {
    guard isMadeUp else { return Discovery.patience }
    return plugin.wire == "airbyte" ? 180 : 45
  }

  private mutating func discovered(_ config: JSONObject) -> Result<Void, Failure> {
    do throws(Failure) {
      streams = try withDiscovery(config) { discovery throws(Failure) in
        try discovery.catalog(seconds: seconds).streams.map(\.stream)
      }
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private func withDiscovery<Answer>(
    _ config: JSONObject,
    _ body: (Discovery) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    let discovery = Discovery(
      try confined(config),
      config: config,
      environment: environment,
      folder: folders.project
    )
    return try body(discovery)
  }

  private func outcome(_ failure: Failure) -> PluginStatus.Outcome {
    let lines = failure.lines
    let error = TrialError.line(lines) ?? failure.message
    // What made-up settings lead to is no fault unless the code itself is broken.
    let isExcused = isMadeUp && !TrialError.isOfCode(error) || TrialError.needsService(lines)
    return isExcused ? .needs(error) : .broken(error)
  }
}

extension Failure {
  /// What a connector printed last, or the message.
  fileprivate var lines: [String] {
    hint.map { $0.split(separator: "\n").map { String($0.drop(while: \.isWhitespace)) } }
      ?? [message]
  }
}
