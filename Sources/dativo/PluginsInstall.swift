import ArgumentParser
import JSON
import Supervisor
import Wire

/// `dativo plugins install`.
struct PluginsInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install plugins exactly as dativo.lock has them.",
    discussion: """
      A plugin that is not locked yet is resolved and locked first. Every file is held against its \
      hash in dativo.lock: another one is refused. With --offline nothing is asked of a network.

      EXIT STATUS
        0    all are installed
        69   a package cannot be had, or is not the one that was locked
        75   another process is installing the same plugin
        78   no such plugin, or nothing to install it with
      """
  )

  @Argument(help: "Names; none for all that dativo.lock has.")
  var names: [String] = []

  @Option(name: .long, help: "A folder that `dativo plugins bundle` has filled.")
  var offline: String?

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins install", json: options.json) {
      var installer = try PluginInstaller(options.catalog)
      let plugins = try options.chosen(names, installer, else: "dativo plugins install NAME")
      let wheels = offline.map { Paths.absolute($0) }
      return try InstallReport.answer(plugins, &installer) { plugin, installer in
        try installer.install(plugin, wheels: wheels)
      }
    }
  }
}

/// `dativo plugins add`.
struct PluginsAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Take plugins that come with Dativo into the project, and install them.",
    discussion: """
      Their descriptions are copied to taps/ and targets/ of the project, where they may be edited: \
      another version, a quirk, further requirements.
      """
  )

  @Argument(help: "Names.")
  var names: [String]

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins add", json: options.json) {
      let plugins = try options.subjects(names)
      var installer = try PluginInstaller(options.catalog)
      return try InstallReport.answer(plugins, &installer) { plugin, installer in
        let entry = try installer.install(plugin)
        try installer.catalog.adopt(plugin)
        return entry
      }
    }
  }
}

/// `dativo plugins lock`.
struct PluginsLock: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Resolve plugins anew, and keep what that comes to in dativo.lock.",
    discussion: """
      The version that a description names stays; everything that it depends on may become newer. \
      Nothing is installed. Container images that jobs and plugins of the project name are pinned to \
      the digests that they have on this machine; a run refuses any other.
      """
  )

  @Argument(help: "Names; none for all that dativo.lock has, and every image.")
  var names: [String] = []

  @OptionGroup var options: PluginOptions

  func run() throws {
    try Answer.give("plugins lock", json: options.json) {
      let catalog = options.catalog
      let named = try options.subjects(names)
      let images = names.isEmpty ? ImageLock(catalog).named() : named.compactMap(\.image)
      var pins: [(image: String, digest: String)] = []
      for image in images { pins.append((image, try ImageLock(catalog).pin(image))) }
      let isLocked = try !PluginLock.read(catalog.folders.lock).entries.isEmpty
      guard names.isEmpty ? isLocked || pins.isEmpty : named.contains(where: { $0.image == nil })
      else { return InstallReport.adding(pins, to: Answer(["plugins": []], text: "")) }
      var installer = try PluginInstaller(catalog)
      let plugins = names.isEmpty ? try installer.locked() : named.filter { $0.image == nil }
      return try InstallReport.adding(
        pins,
        to: answer(plugins, &installer)
      )
    }
  }

  private func answer(
    _ plugins: [Plugin],
    _ installer: inout PluginInstaller
  ) throws -> Answer {
    try InstallReport.answer(plugins, &installer, done: "locked") { plugin, installer in
      try installer.relock(plugin)
    }
  }
}

/// What commands that install tell.
enum InstallReport {
  /// The answer, with the images that were pinned.
  static func adding(_ pins: [(image: String, digest: String)], to answer: Answer) -> Answer {
    guard !pins.isEmpty else { return answer }
    var result = answer.result.object ?? JSONObject()
    result["images"] = .object(
      JSONObject(pins.map { (key: $0.image, value: .string($0.digest)) })
    )
    let lines = pins.map { "image \($0.image)  \($0.digest)" }
    let text = ([answer.text ?? ""] + lines).filter { !$0.isEmpty }.joined(separator: "\n")
    return Answer(.object(result), text: text)
  }

  static func answer(
    _ plugins: [Plugin],
    _ installer: inout PluginInstaller,
    done: String = "installed",
    _ body: (Plugin, inout PluginInstaller) throws -> PluginLock.Entry
  ) throws -> Answer {
    var rows: [[String]] = []
    var result: [JSONValue] = []
    for plugin in plugins {
      let entry = try body(plugin, &installer)
      let count = entry.distributions.count
      rows.append([
        plugin.title, entry.version, done,
        Figures.things(count, "distribution"),
        "Python \(entry.python)",
      ])
      result.append([
        "role": .string(entry.role.rawValue), "name": .string(entry.name),
        "package": .string(entry.package), "version": .string(entry.version),
        "python": .string(entry.python), "distributions": .number(JSONNumber(count)),
      ])
    }
    return Answer(
      ["plugins": .array(result), "installer": .string(installer.program)],
      text: TextTable.lines(rows).joined(separator: "\n")
    )
  }
}
