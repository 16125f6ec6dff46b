internal import Children
package import Contracts
internal import JSON
internal import Posix

/// A `plugin.yaml`: the description of a connector, beside its executable.
package struct PluginFile: Sendable {
  /// The keys; `schemas/plugin.schema.json` has the same.
  package static let keys = [
    "apiVersion", "kind", "name", "role", "protocol", "dativo_api_version", "description",
    "executable", "python", "image", "capabilities", "quirks", "version", "maintainer", "homepage",
    "license", "tested", "permissions", "settings", "status", "window",
    "partitions",
  ]
  private static let wires = ["singer", "airbyte"]

  /// Nil where there are errors.
  package let plugin: Plugin?
  package let findings: [Finding]

  /// Reads the file at `path`.
  package static func read(_ path: String) -> PluginFile {
    let reading = YAMLFile.read(path)
    guard let root = reading.root else { return PluginFile(unread: reading.findings) }
    return PluginFile(path, root)
  }

  private init(unread findings: [Finding]) {
    plugin = nil
    self.findings = findings
  }

  /// Reads a document that has been parsed.
  package init(_ path: String, _ root: YAMLNode) {
    var yaml = YAMLReader(file: path)
    let plugin = Self.read(root, &yaml)
    findings = yaml.findings.sortedByPlace
    self.plugin = findings.contains { $0.severity == .error } ? nil : plugin
  }

  private static func read(_ root: YAMLNode, _ yaml: inout YAMLReader) -> Plugin? {
    guard yaml.keys(root, keys, in: "") else { return nil }
    let version = yaml.required(
      root,
      "apiVersion",
      "apiVersion",
      example: "apiVersion: \(JobReader.apiVersion)"
    )
    if let version, version != JobReader.apiVersion, let node = root["apiVersion"] {
      yaml.error(
        node,
        "apiVersion \"\(version)\" is not known",
        hint: "Write `apiVersion: \(JobReader.apiVersion)`."
      )
    }
    let kind = yaml.required(root, "kind", "kind", example: "kind: Plugin")
    if let kind, kind != "Plugin", let node = root["kind"] {
      yaml.error(node, "\"\(kind)\" is not a plugin", hint: "Write `kind: Plugin`.")
    }
    let name = yaml.required(root, "name", "name", example: "name: csv")
    if let name, let node = root["name"], !isName(name) {
      yaml.error(node, "\"name\" may have letters, digits, \".\", \"_\" and \"-\" only")
    }
    _ = yaml.required(root, "role", "role", example: "role: tap")
    let role = yaml.choice(root["role"], "role", Plugin.Role.self)
    let wire = yaml.text(root["protocol"], "protocol") ?? "singer"
    if let node = root["protocol"], !wires.contains(wire) {
      yaml.error(node, "\"protocol\" must be singer or airbyte, not \"\(wire)\"")
    }
    let image = yaml.text(root["image"], "image")
    let executable =
      image == nil
      ? yaml.required(root, "executable", "executable", example: "executable: ./tap.sh")
      : yaml.text(root["executable"], "executable")
    let python = python(root, &yaml)
    checkVersion(root, role, name, &yaml)
    let capabilities = Set(yaml.texts(root["capabilities"], "capabilities"))
    let settings = settings(root["settings"], &yaml)
    guard let name, let role, image != nil || executable != nil else { return nil }
    let folder = Paths.absolute(Files.folder(of: yaml.file))
    checkFolder(name, role, folder, root, &yaml)
    let program = executable ?? name
    var plugin = Plugin(
      name: name,
      role: role,
      wire: wire,
      // What is installed lies in an environment, which the catalog knows.
      executable: python == nil ? find(program, folder) ?? program : program,
      capabilities: capabilities,
      summary: yaml.text(root["description"], "description") ?? "",
      settings: settings.map { StandardSettings.added(to: $0, capabilities) }
    )
    plugin.python = python
    plugin.image = image
    plugin.quirks = quirks(root["quirks"], &yaml)
    plugin.origin = origin(root, &yaml)
    plugin.window = yaml.window(root["window"], "window")
    plugin.partitions = partitions(root["partitions"], settings, &yaml)
    plugin.status = status(root["status"], &yaml)
    plugin.file = yaml.file
    return plugin
  }

  /// A connector for a newer platform is refused, one for an older runs with a warning.
  private static func checkVersion(
    _ root: YAMLNode,
    _ role: Plugin.Role?,
    _ name: String?,
    _ yaml: inout YAMLReader
  ) {
    guard let node = root["dativo_api_version"],
      let version = yaml.integer(node, "dativo_api_version", atLeast: 1)
    else { return }
    switch PluginAPI.verdict(version, of: "\(role?.rawValue ?? "plugin") \(name ?? "")") {
    case .fits: break
    case .older(let message): yaml.warning(node.mark, message)
    case .newer(let message, let hint): yaml.error(node, message, hint: hint)
    }
  }

  private static func settings(_ node: YAMLNode?, _ yaml: inout YAMLReader) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    let value = node.json
    guard value.object != nil, value["properties"]?.object != nil else {
      yaml.error(
        node,
        "\"settings\" must be a JSON Schema with \"properties\"",
        hint: "Write `settings: {properties: {url: {type: string, description: …}}}`."
      )
      return nil
    }
    return value
  }

  /// A plugin is found by its folder's name: another name in the file would mislead.
  private static func checkFolder(
    _ name: String,
    _ role: Plugin.Role,
    _ folder: String,
    _ root: YAMLNode,
    _ yaml: inout YAMLReader
  ) {
    let parts = folder.split(separator: "/")
    guard parts.count >= 2, ["taps", "targets"].contains(parts[parts.count - 2]) else { return }
    if let last = parts.last, last != name, let node = root["name"] {
      yaml.error(
        node,
        "the plugin \"\(name)\" lies in the folder \"\(last)\", by which it is looked up",
        hint: "Write `name: \(last)`, or rename the folder."
      )
    }
    if parts[parts.count - 2] != role.folder, let node = root["role"] {
      yaml.error(node, "a \(role.rawValue) belongs into \"\(role.folder)/\"")
    }
  }

  /// The executable: beside the file, beside `dativo`, or on PATH.
  private static func find(_ name: String, _ folder: String) -> String? {
    if !name.contains("/"), Executable.isExecutable("\(folder)/\(name)") {
      return "\(folder)/\(name)"
    }
    return Executable.find(name, from: folder, besides: true)
  }

  /// Whether a name may stand for a folder: nothing that leads elsewhere.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".")
      && name.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
        default: false
        }
      }
  }
}
