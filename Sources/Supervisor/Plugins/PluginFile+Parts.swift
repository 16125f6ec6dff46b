internal import Contracts
internal import JSON
internal import Sandbox
internal import Wire

/// The parts of a `plugin.yaml` beside what a run needs.
extension PluginFile {
  static func python(_ root: YAMLNode, _ yaml: inout YAMLReader) -> PythonPackage? {
    guard let node = root["python"], !node.isNull,
      yaml.keys(node, PythonPackage.keys, in: "python")
    else { return nil }
    let package = yaml.required(
      node,
      "package",
      "python.package",
      example: "python: {package: tap-github, version: 1.2.3}"
    )
    guard let package else { return nil }
    if let image = root["image"] {
      yaml.error(image, "a plugin is a package or an image, not both")
    }
    var python = PythonPackage(package, version: yaml.text(node["version"], "python.version"))
    python.extra = yaml.texts(node["extra"], "python.extra")
    python.python = yaml.text(node["python"], "python.python")
    if let mistake = python.mistake { yaml.error(node, mistake.message, hint: mistake.hint) }
    return python
  }

  static func quirks(_ node: YAMLNode?, _ yaml: inout YAMLReader) -> Set<Plugin.Quirk> {
    var quirks: Set<Plugin.Quirk> = []
    for (index, element) in (node?.elements ?? node.map { [$0] } ?? []).enumerated() {
      guard let quirk = yaml.choice(element, "quirks[\(index)]", Plugin.Quirk.self) else {
        continue
      }
      quirks.insert(quirk)
    }
    return quirks
  }

  /// `{of: SETTING}`: the list whose elements may be loaded side by side.
  static func partitions(
    _ node: YAMLNode?,
    _ settings: JSONValue?,
    _ yaml: inout YAMLReader
  ) -> String? {
    guard let node, !node.isNull, yaml.keys(node, ["of"], in: "partitions"),
      let setting = yaml.required(node, "of", "partitions.of", example: "partitions: {of: files}")
    else { return nil }
    if let known = settings?["properties"]?.object, known[setting] == nil {
      yaml.error(
        node["of"] ?? node,
        "the settings have no \"\(setting)\" to make partitions of",
        hint: Nearest.name(to: setting, among: known.keys).map { "Did you mean \"\($0)\"?" }
      )
    }
    return setting
  }

  static func origin(_ root: YAMLNode, _ yaml: inout YAMLReader) -> PluginOrigin {
    var origin = PluginOrigin()
    origin.version = yaml.text(root["version"], "version")
    origin.maintainer = yaml.text(root["maintainer"], "maintainer")
    origin.homepage = yaml.text(root["homepage"], "homepage")
    origin.license = yaml.text(root["license"], "license")
    origin.tested = yaml.texts(root["tested"], "tested")
    guard let node = root["permissions"], !node.isNull,
      yaml.keys(node, Permissions.keys, in: "permissions")
    else { return origin }
    for key in ["hosts", "paths", "write", "secrets"] {
      _ = yaml.texts(node[key], "permissions.\(key)")
    }
    _ = yaml.bool(node["exact"], "permissions.exact")
    do throws(Permissions.Problem) {
      origin.permissions = try Permissions(node.json)
    } catch {
      yaml.error(node.nearest(error.path), error.message, hint: error.hint)
    }
    return origin
  }

  /// `works`, `needs: A SERVER` or `broken: ERROR`.
  static func status(_ node: YAMLNode?, _ yaml: inout YAMLReader) -> PluginStatus {
    var status = PluginStatus()
    let steps = PluginStatus.Step.allCases
    guard let node, !node.isNull, yaml.keys(node, steps.map(\.rawValue), in: "status") else {
      return status
    }
    for step in steps {
      guard let value = node[step.rawValue], !value.isNull else { continue }
      let path = "status.\(step.rawValue)"
      if value.text == "works" {
        status[step] = .works
      } else if value.members.count == 1 {
        guard yaml.keys(value, ["broken", "needs"], in: path) else { continue }
        if let error = yaml.text(value["broken"], "\(path).broken") {
          status[step] = .broken(error)
        }
        if let what = yaml.text(value["needs"], "\(path).needs") { status[step] = .needs(what) }
      } else {
        yaml.error(value, "\"\(path)\" must be works, {needs: SERVER} or {broken: ERROR}")
      }
    }
    return status
  }
}
