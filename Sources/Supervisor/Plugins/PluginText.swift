internal import JSON
internal import Sandbox

/// A plugin's description as the text of its `plugin.yaml`: one line for each thing.
enum PluginText {
  /// The first line, by which editors find the schema; `file` starts from the project's folder.
  static func modeline(_ file: String) -> String {
    "# yaml-language-server: $schema=../../\(file)"
  }

  /// The text, which names the schema `file` of the project.
  static func text(_ plugin: Plugin, schema file: String) -> String {
    var lines = [
      modeline(file),
      "apiVersion: \(JobReader.apiVersion)", "kind: Plugin", "name: \(plugin.name)",
      "role: \(plugin.role.rawValue)", "protocol: \(plugin.wire)",
      "dativo_api_version: \(PluginAPI.current)",
    ]
    func add(_ key: String, _ text: String?) {
      if let text, !text.isEmpty { lines.append("\(key): \(quoted(text))") }
    }
    func add(_ key: String, _ texts: [String]) {
      if !texts.isEmpty { lines.append("\(key): \(flow(.array(texts.map { .string($0) })))") }
    }
    add("description", plugin.summary)
    if let python = plugin.python { lines.append("python: \(flow(json(python)))") }
    let program = plugin.executable.split(separator: "/").last.map(String.init)
    add("executable", plugin.python == nil ? plugin.executable : program)
    add("capabilities", plugin.capabilities.sorted())
    add("quirks", plugin.quirks.map(\.rawValue).sorted())
    let origin = plugin.origin
    add("version", origin.version)
    add("maintainer", origin.maintainer)
    add("homepage", origin.homepage)
    add("license", origin.license)
    add("tested", origin.tested)
    if !origin.permissions.isEmpty {
      lines.append("permissions: \(flow(origin.permissions.json))")
    }
    if let window = plugin.window { lines.append("window: \(flow(json(window)))") }
    if let setting = plugin.partitions { lines.append("partitions: {of: \(quoted(setting))}") }
    if let settings = plugin.settings?.object { lines += self.settings(settings) }
    lines += status(plugin.status)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func json(_ window: WindowSettings) -> JSONValue {
    var object = JSONObject()
    object["since"] = window.since.map { .string($0) }
    object["until"] = window.until.map { .string($0) }
    if window.isInclusive { object["inclusive"] = true }
    return .object(object)
  }

  private static func json(_ python: PythonPackage) -> JSONValue {
    var object: JSONObject = ["package": .string(python.package)]
    object["version"] = python.version.map { .string($0) }
    if !python.extra.isEmpty { object["extra"] = .array(python.extra.map { .string($0) }) }
    object["python"] = python.python.map { .string($0) }
    return .object(object)
  }

  private static func settings(_ settings: JSONObject) -> [String] {
    guard let properties = settings["properties"]?.object, !properties.isEmpty else {
      return ["settings: {properties: {}}"]
    }
    var lines = ["settings:"]
    if let required = settings["required"], required.array?.isEmpty == false {
      lines.append("  required: \(flow(required))")
    }
    if let isOpen = settings["additionalProperties"]?.bool {
      lines.append("  additionalProperties: \(isOpen)")
    }
    lines.append("  properties:")
    return lines + properties.members.map { "    \(quoted($0.key)): \(flow($0.value))" }
  }

  private static func status(_ status: PluginStatus) -> [String] {
    guard !status.isEmpty else { return [] }
    return ["status:"]
      + PluginStatus.Step.allCases.compactMap { step in
        switch status[step] {
        case .works?: "  \(step.rawValue): works"
        case .needs(let what)?: "  \(step.rawValue): {needs: \(quoted(what))}"
        case .broken(let error)?: "  \(step.rawValue): {broken: \(quoted(error))}"
        case nil: nil
        }
      }
  }

  /// A value on one line.
  static func flow(_ value: JSONValue) -> String {
    switch value {
    case .object(let object):
      "{\(object.members.map { "\(quoted($0.key)): \(flow($0.value))" }.joined(separator: ", "))}"
    case .array(let elements): "[\(elements.map(flow).joined(separator: ", "))]"
    case .string(let text): quoted(text)
    default: value.encoded()
    }
  }

  private static func quoted(_ text: String) -> String { YAMLText.quoted(text) }
}
