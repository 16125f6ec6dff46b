internal import Contracts
internal import JSON

extension JobReader {
  /// `{of: SETTING}`, or a list of names with what is other in the configuration.
  mutating func partitions(_ node: YAMLNode?, _ config: JSONObject) -> [Partition] {
    guard let node, !node.isNull else { return [] }
    let found: [Partition]
    if let elements = node.elements {
      found = elements.enumerated().compactMap { partition($0.element, "partitions[\($0.offset)]") }
    } else {
      guard yaml.keys(node, ["of"], in: "partitions"),
        let setting = yaml.required(node, "of", "partitions.of", example: "partitions: {of: files}")
      else { return [] }
      guard let list = config[setting]?.array, !list.isEmpty else {
        yaml.error(
          node["of"] ?? node,
          "\"source.config\" has no list \"\(setting)\" to make partitions of",
          hint: Nearest.name(to: setting, among: config.keys).map { "Did you mean \"\($0)\"?" }
            ?? "Or write a list: `partitions: [{name: eu, config: {region: eu}}]`."
        )
        return []
      }
      found = Partition.each(of: setting, list)
    }
    var names: Set<String> = []
    for partition in found where !names.insert(partition.name).inserted {
      yaml.error(node, "two partitions are called \"\(partition.name)\"", hint: "Name them apart.")
    }
    return found
  }

  private mutating func partition(_ node: YAMLNode, _ path: String) -> Partition? {
    guard yaml.keys(node, Partition.keys, in: path),
      let name = yaml.required(
        node,
        "name",
        "\(path).name",
        example: "{name: eu, config: {region: eu}}"
      )
    else { return nil }
    guard let body = node["config"], case .mapping = body,
      let config = substitution.value(body, &yaml).object
    else {
      yaml.error(node, "\"\(path)\" has no \"config\"", hint: "Write what is other for it.")
      return nil
    }
    return Partition(name: name, config: config)
  }
}
