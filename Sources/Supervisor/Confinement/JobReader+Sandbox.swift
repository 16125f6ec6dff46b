internal import Contracts
internal import JSON
internal import Sandbox

extension JobReader {
  /// `sandbox: none`, or a mapping with what each end is granted.
  mutating func sandbox(_ root: YAMLNode) -> (tap: SandboxSettings, target: SandboxSettings) {
    var tap = SandboxSettings()
    var target = SandboxSettings()
    guard let node = root["sandbox"], !node.isNull else { return (tap, target) }
    var choice = node
    if case .mapping = node {
      guard yaml.keys(node, SandboxSettings.keys, in: "sandbox") else { return (tap, target) }
      tap = grants(node["tap"], "sandbox.tap")
      target = grants(node["target"], "sandbox.target")
      choice = node["backend"] ?? .scalar("auto", isPlain: true, node.mark)
    }
    if let chosen = yaml.choice(choice, "sandbox", Choice.self) {
      tap.choice = chosen
      target.choice = chosen
    }
    return (tap, target)
  }

  private mutating func grants(_ node: YAMLNode?, _ path: String) -> SandboxSettings {
    var settings = SandboxSettings()
    guard let node, !node.isNull, yaml.keys(node, SandboxSettings.grantKeys, in: path) else {
      return settings
    }
    if let hosts = node["hosts"] {
      settings.hosts = yaml.texts(hosts, "\(path).hosts").compactMap { text in
        if text == "*" {
          settings.allHosts = true
          return nil
        }
        let grant = HostGrant(substitution.replace(text, hosts.mark, &yaml))
        if grant == nil {
          yaml.error(
            hosts,
            "\"\(text)\" is no host",
            hint: "Write `db.example.com:5432` or `*.example.com:443`."
          )
        }
        return grant
      }
    }
    if let reads = node["read"] { settings.reads = yaml.texts(reads, "\(path).read") }
    if let writes = node["write"] { settings.writes = yaml.texts(writes, "\(path).write") }
    settings.limits = limits(node["limits"], "\(path).limits")
    return settings
  }

  private mutating func limits(_ node: YAMLNode?, _ path: String) -> Limits {
    var limits = Limits()
    guard let node, !node.isNull, yaml.keys(node, Limits.keys, in: path) else { return limits }
    for member in node.members where !limits.set(member.key, member.value.json) {
      yaml.error(
        member.value,
        "\"\(path).\(member.key)\" cannot be \"\(member.value.text ?? "that")\"",
        hint: "Write `limits: {memory: 512MiB, processes: 64, time: 2h}`."
      )
    }
    return limits
  }
}
