internal import Contracts
internal import JSON
internal import Posix

extension JobReader {
  /// `declared`, `{of: SETTING}`, `{window: 1mo, from: …, to: …}`, or a list of names with what is
  /// other in the configuration.
  mutating func partitions(_ node: YAMLNode?, _ source: Job.Connector) -> [Partition] {
    guard let node, !node.isNull else { return [] }
    let found: [Partition]
    if let elements = node.elements {
      found = elements.enumerated().compactMap { partition($0.element, "partitions[\($0.offset)]") }
    } else if node.text != nil {
      found = declared(node, source)
    } else if node["window"] != nil {
      found = windows(node, source)
    } else {
      guard yaml.keys(node, ["of", "window", "from", "to"], in: "partitions"),
        let setting = yaml.required(node, "of", "partitions.of", example: "partitions: {of: files}")
      else { return [] }
      found = each(of: setting, node["of"] ?? node, source.config)
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

  private mutating func each(
    of setting: String,
    _ node: YAMLNode,
    _ config: JSONObject
  ) -> [Partition] {
    guard let list = config[setting]?.array, !list.isEmpty else {
      yaml.error(
        node,
        "\"source.config\" has no list \"\(setting)\" to make partitions of",
        hint: Nearest.name(to: setting, among: config.keys).map { "Did you mean \"\($0)\"?" }
          ?? "Or write a list: `partitions: [{name: eu, config: {region: eu}}]`."
      )
      return []
    }
    return Partition.each(of: setting, list)
  }

  /// By what the tap's description says.
  private mutating func declared(_ node: YAMLNode, _ source: Job.Connector) -> [Partition] {
    let example = "Write `partitions: {of: SETTING}`, a setting with a list."
    guard node.text == "declared" else {
      yaml.error(node, "\"partitions\" cannot be \"\(node.text ?? "")\"", hint: example)
      return []
    }
    guard let plugin = description(source), let setting = plugin.partitions else {
      yaml.error(node, "the tap's plugin.yaml declares no partitions", hint: example)
      return []
    }
    return each(of: setting, node, source.config)
  }

  /// Windows of one length from a day on; without an end up to the one that is now.
  private mutating func windows(_ node: YAMLNode, _ source: Job.Connector) -> [Partition] {
    let example = "partitions: {window: 1mo, from: 2025-01-01}"
    guard yaml.keys(node, ["window", "from", "to"], in: "partitions"),
      let text = yaml.required(node, "window", "partitions.window", example: example),
      yaml.required(node, "from", "partitions.from", example: example) != nil,
      let start = node["from"]
    else { return [] }
    guard let length = WindowLength(text) else {
      yaml.error(
        node["window"] ?? node,
        "\"partitions.window\" must be a length of time, not \"\(text)\"",
        hint: "Write 6h, 1d, 1w or 1mo."
      )
      return []
    }
    guard let from = instant(start, "partitions.from") else { return [] }
    var to = Instant(seconds: Int(Clock.wall / 1_000_000_000))
    if let end = node["to"], !end.isNull {
      guard let told = instant(end, "partitions.to") else { return [] }
      to = told
    } else {
      // A window that grew with the clock would leave its end to the next one a second time.
      to = length.edge(after: to, from: from)
    }
    guard let found = length.windows(from: from, to: to, most: 1000), !found.isEmpty else {
      yaml.error(
        node,
        from < to ? "these are more than 1,000 windows" : "\"partitions.to\" is not after \"from\"",
        hint: from < to ? "Take longer ones." : nil
      )
      return []
    }
    return told(found, node, source)
  }

  private mutating func told(
    _ windows: [TimeWindow],
    _ node: YAMLNode,
    _ source: Job.Connector
  ) -> [Partition] {
    let plugin = description(source)
    let names = (plugin?.settings?["properties"]?.object?.keys ?? []) + source.config.keys
    let settings = source.window ?? plugin?.window ?? WindowSettings(among: names)
    var found: [Partition] = []
    for window in windows {
      do throws(WindowSettings.Missing) {
        let config = try settings.apply(window, to: JSONObject(), settings: plugin?.settings)
        found.append(
          Partition(name: window.since?.short ?? "", config: config, isWindow: true)
        )
      } catch {
        let (message, hint) = error.texts
        yaml.error(node, message, hint: hint)
        return []
      }
    }
    return found
  }

  private mutating func instant(_ node: YAMLNode, _ path: String) -> Instant? {
    let text = node.text ?? ""
    if let instant = Instant(text) { return instant }
    yaml.error(
      node,
      "\"\(path)\" must be a day or a moment, not \"\(text)\"",
      hint: "Write 2025-01-31 or 2025-01-31T08:00:00Z."
    )
    return nil
  }

  private func description(_ source: Job.Connector) -> Plugin? {
    guard case .plugin(let name) = source.program else { return nil }
    return PluginCatalog(project: folder).description(name, .tap)
  }
}
