import JSON
import Sandbox
import Supervisor
import Wire

/// Plugins as they are shown.
enum PluginTable {
  /// The plugins that are known, by role and name; what is wrong with descriptions is a warning.
  static func plugins(
    _ catalog: PluginCatalog,
    _ role: Plugin.Role?,
    all: Bool
  ) -> ([Plugin], [Finding]) {
    var plugins: [Plugin] = []
    var warnings: [Finding] = []
    for role in role.map({ [$0] }) ?? Plugin.Role.allCases {
      let own = Set(catalog.names(role))
      for name in own.union(catalog.shipped(role)).sorted() {
        do throws(Failure) {
          let plugin = try catalog.find(name, role)
          if all || own.contains(name) || isInstalled(plugin) { plugins.append(plugin) }
        } catch {
          var finding = Finding(error)
          finding.severity = .warning
          warnings.append(finding)
        }
      }
    }
    return (plugins, warnings)
  }

  /// Whether its program is there.
  static func isInstalled(_ plugin: Plugin) -> Bool { plugin.executable.hasPrefix("/") }

  static func text(_ plugins: [Plugin]) -> String {
    guard !plugins.isEmpty else { return "none; `dativo plugins list --all` lists what is known" }
    let rows = plugins.map { plugin in
      [
        plugin.role.rawValue, plugin.name, plugin.python?.version ?? plugin.origin.version ?? "",
        isInstalled(plugin) ? "installed" : "", plugin.status.isEmpty ? "" : plugin.status.text,
        plugin.summary,
      ]
    }
    return TextTable.lines([["ROLE", "NAME", "VERSION", "", "TRIED", "DESCRIPTION"]] + rows)
      .joined(separator: "\n")
  }

  /// One line of the list.
  static func brief(_ plugin: Plugin) -> JSONValue {
    var object: JSONObject = [
      "role": .string(plugin.role.rawValue), "name": .string(plugin.name),
      "installed": .bool(isInstalled(plugin)), "description": .string(plugin.summary),
      "status": status(plugin.status), "broken": .bool(plugin.status.isBroken),
      "quirks": .array(plugin.quirks.map(\.rawValue).sorted().map { .string($0) }),
      "executable": .string(plugin.executable),
    ]
    object["package"] = plugin.python.map { .string($0.package) }
    object["version"] = (plugin.python?.version ?? plugin.origin.version).map { .string($0) }
    return .object(object)
  }

  /// All that is known of a plugin.
  static func full(_ plugin: Plugin, _ settings: JSONValue?) -> JSONValue {
    var object = brief(plugin).object ?? JSONObject()
    object["protocol"] = .string(plugin.wire)
    object["capabilities"] = texts(plugin.capabilities.sorted())
    for (key, value) in origin(plugin.origin) { object[key] = .string(value) }
    object["tested"] = texts(plugin.origin.tested)
    var permissions = plugin.origin.permissions.json.object ?? JSONObject()
    for key in ["hosts", "paths", "secrets"] { permissions[key] = permissions[key] ?? .array([]) }
    object["permissions"] = .object(permissions)
    object["settings"] = settings ?? .null
    object["file"] = plugin.file.map { .string($0) } ?? .null
    return .object(object)
  }

  static func status(_ status: PluginStatus) -> JSONValue {
    var object = JSONObject()
    for step in PluginStatus.Step.allCases {
      switch status[step] {
      case .works?: object[step.rawValue] = "works"
      case .needs(let what)?: object[step.rawValue] = ["needs": .string(what)]
      case .broken(let error)?: object[step.rawValue] = ["broken": .string(error)]
      case nil: break
      }
    }
    return .object(object)
  }

  /// A plugin on lines of its own.
  static func sheet(_ plugin: Plugin, _ settings: JSONValue?) -> String {
    var rows = [[plugin.role.rawValue, plugin.name], ["description", plugin.summary]]
    if let python = plugin.python {
      rows.append(["package", python.requirements.joined(separator: ", ")])
    }
    rows.append(["program", isInstalled(plugin) ? plugin.executable : "not installed"])
    rows += origin(plugin.origin).map { [$0.0, $0.1] }
    let permissions = plugin.origin.permissions
    let lists = [
      ("capabilities", plugin.capabilities.sorted()), ("tested", plugin.origin.tested),
      ("quirks", plugin.quirks.map(\.rawValue).sorted()), ("hosts", permissions.hosts),
      ("secrets", permissions.secrets), ("paths", permissions.paths), ("writes", permissions.write),
    ]
    rows += lists.map { [$0.0, $0.1.joined(separator: ", ")] }
    rows += steps(plugin.status)
    rows.append(["file", plugin.file ?? ""])
    let lines = TextTable.lines(rows.filter { $0.last?.isEmpty == false })
    let table = SettingsTable.lines(settings)
    return (lines + (table.isEmpty ? [] : [""] + table)).joined(separator: "\n")
  }

  /// What came of each step that was tried.
  static func steps(_ status: PluginStatus) -> [[String]] {
    PluginStatus.Step.allCases.compactMap { step in
      switch status[step] {
      case .works?: [step.rawValue, "works"]
      case .needs(let what)?: [step.rawValue, needs(what)]
      case .broken(let error)?: [step.rawValue, "broken: \(error)"]
      case nil: nil
      }
    }
  }

  static func needs(_ what: String) -> String { "needs a server, an account or settings: \(what)" }

  private static func origin(_ origin: PluginOrigin) -> [(String, String)] {
    let pairs = [
      ("maintainer", origin.maintainer), ("homepage", origin.homepage), ("license", origin.license),
    ]
    return pairs.compactMap { pair in pair.1.map { (pair.0, $0) } }
  }

  private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
