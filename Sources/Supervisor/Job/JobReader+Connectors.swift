internal import Contracts
internal import JSON
internal import Posix
internal import Wire

extension JobReader {
  mutating func source(_ root: YAMLNode) -> (connector: Job.Connector, select: [String]) {
    guard let node = end(root, "source", example: "source: {tap: csv, config: {…}}"),
      yaml.keys(node, JobKeys.source, in: "source")
    else { return (Job.Connector(program: .command([])), []) }
    var connector =
      airbyte(node, "source") ?? connector(node, "source", plugin: "tap", example: "tap: csv")
    connector.window = yaml.window(node["window"], "source.window")
    connector.isLenient = yaml.bool(node["lenient"], "source.lenient") ?? false
    return (connector, yaml.texts(node["select"], "source.select"))
  }

  /// A connector of Airbyte, which is run by the tap or target of that name; nil where there is none.
  private mutating func airbyte(_ node: YAMLNode, _ end: String) -> Job.Connector? {
    guard let connector = node["airbyte"], !connector.isNull else { return nil }
    let (side, plugin, keys) =
      end == "source"
      ? ("source", "tap", JobKeys.airbyte) : ("destination", "target", JobKeys.airbyteDestination)
    for key in [plugin, "command"] where node[key] != nil {
      yaml.error(connector, "\"\(end)\" has both \"airbyte\" and \"\(key)\"", hint: "Keep one.")
    }
    let example =
      "Write `airbyte: {package: airbyte-\(side)-x}`, `executable: [\(side)-x]` or "
      + "`image: airbyte/\(side)-x:1.0`."
    guard case .mapping(let members, _) = connector else {
      yaml.error(connector, "\"\(end).airbyte\" must be a mapping", hint: example)
      return Job.Connector(program: .plugin("airbyte"))
    }
    if yaml.keys(connector, keys, in: "\(end).airbyte"),
      members.count(where: { keys.prefix(3).contains($0.key) }) != 1
    {
      yaml.error(connector, "\"\(end).airbyte\" must name one \(side)", hint: example)
    }
    _ = command(connector["executable"], "\(end).airbyte.executable")
    for key in ["package", "image"] {
      guard let name = connector[key], name.text?.isEmpty ?? true else { continue }
      yaml.error(name, "\"\(end).airbyte.\(key)\" is no name", hint: example)
    }
    var settings = substitution.value(connector, &yaml).object ?? JSONObject()
    if let word = settings["executable"]?.string { settings["executable"] = [.string(word)] }
    settings["connector_config"] = .object(config(node["config"], end))
    // What our plugin says of its settings concerns these; `config` is the connector's own.
    configurations[end] = (yaml.file, connector)
    return Job.Connector(
      program: .plugin("airbyte"),
      config: settings,
      environment: environment(node["env"], "\(end).env")
    )
  }

  mutating func target(_ root: YAMLNode) -> Job.Connector {
    let example = "target: {target: parquet, config: {destination: out}}"
    guard let node = end(root, "target", example: example),
      yaml.keys(node, JobKeys.target, in: "target")
    else { return Job.Connector(program: .command([])) }
    return airbyte(node, "target")
      ?? connector(node, "target", plugin: "target", example: "target: parquet")
  }

  /// The mapping of one end of the pipe.
  private mutating func end(_ root: YAMLNode, _ key: String, example: String) -> YAMLNode? {
    guard let node = root[key], !node.isNull else {
      let mark = root.members.first { $0.key == key }?.keyMark ?? root.mark
      yaml.error(mark, "\"\(key)\" is missing", hint: "Write `\(example)`.")
      return nil
    }
    if let name = node.text {
      yaml.error(
        node,
        "\"\(key)\" must be a mapping, not \"\(name)\"",
        hint: "Write `\(key): {\(key == "source" ? "tap" : "target"): \(name), config: {…}}`."
      )
      return nil
    }
    return node
  }

  private mutating func connector(
    _ node: YAMLNode,
    _ path: String,
    plugin: String,
    example: String
  ) -> Job.Connector {
    let name = yaml.text(node[plugin], "\(path).\(plugin)")
    let command = command(node["command"], "\(path).command")
    var program = Job.Program.command(command)
    switch (node[plugin].map { !$0.isNull } ?? false, node["command"].map { !$0.isNull } ?? false) {
    case (true, false): program = .plugin(name ?? "")
    case (false, true): break
    case (true, true):
      yaml.error(
        node["command"] ?? node,
        "\"\(path)\" has both \"\(plugin)\" and \"command\"",
        hint: "Keep one: a plugin's name, or a program of your own."
      )
    case (false, false):
      yaml.error(
        node,
        "\"\(path)\" says neither \"\(plugin)\" nor \"command\"",
        hint: "Write `\(example)`, or `command: [program, argument]`."
      )
    }
    return Job.Connector(
      program: program,
      config: config(node["config"], path),
      environment: environment(node["env"], "\(path).env")
    )
  }

  /// A program with its arguments; one text is a program without any.
  private mutating func command(_ node: YAMLNode?, _ path: String) -> [String] {
    guard let node, !node.isNull else { return [] }
    let key = path.split(separator: ".").last ?? "command"
    if let text = node.text, text.contains(" ") {
      let words = text.split(separator: " ").joined(separator: ", ")
      yaml.error(node, "\"\(path)\" must be a list", hint: "Write `\(key): [\(words)]`.")
      return []
    }
    if let elements = node.elements, elements.isEmpty {
      yaml.error(node, "\"\(path)\" is empty", hint: "Write `\(key): [program, argument]`.")
      return []
    }
    // Arguments may be empty texts; the program may not.
    guard let elements = node.elements else { return yaml.texts(node, path) }
    var words: [String] = []
    for (index, element) in elements.enumerated() {
      guard let word = element.text, index > 0 || !word.isEmpty else {
        yaml.error(element, "\"\(path)[\(index)]\" must be text")
        continue
      }
      refuseSecret(in: word, element.mark, "a command line")
      words.append(word)
    }
    return words
  }

  private mutating func environment(_ node: YAMLNode?, _ path: String) -> [String: String] {
    guard let node, !node.isNull else { return [:] }
    guard case .mapping(let members, _) = node else {
      yaml.error(node, "\"\(path)\" must be a mapping", hint: "Write `env: {NAME: value}`.")
      return [:]
    }
    var variables: [String: String] = [:]
    for member in members {
      if member.key.isEmpty || member.key.contains("=") {
        yaml.error(member.keyMark, "\"\(member.key)\" cannot name an environment variable")
      } else if case .scalar(let text, _, let mark) = member.value {
        let isNull = member.value.isNull
        variables[member.key] = isNull ? "" : substitution.replace(text, mark, &yaml)
        refuseSecret(in: text, mark, "an environment variable")
      } else {
        yaml.error(member.value, "\"\(path).\(member.key)\" must be text")
      }
    }
    return variables
  }

  /// The connector's configuration: a mapping here, or a file that holds one.
  private mutating func config(_ node: YAMLNode?, _ end: String) -> JSONObject {
    guard let node, !node.isNull else { return JSONObject() }
    if case .mapping = node {
      configurations[end] = (yaml.file, node)
      return substitution.value(node, &yaml).object ?? JSONObject()
    }
    guard let name = node.text else {
      yaml.error(node, "\"\(end).config\" must be a mapping, or the path of a JSON or YAML file")
      return JSONObject()
    }
    let file = Paths.absolute(name, from: Files.folder(of: yaml.file))
    guard Paths.isFile(file) else {
      yaml.error(
        node,
        "the configuration file \(name) does not exist",
        hint: "Paths start from the folder of the job file; a mapping may stand here as well."
      )
      return JSONObject()
    }
    return name.hasSuffix(".json") ? json(file, name, node, end) : yaml(file, name, end)
  }

  private mutating func json(_ file: String, _ name: String, _ node: YAMLNode, _ end: String)
    -> JSONObject
  {
    let shown = Paths.joined(Files.folder(of: yaml.file), name)
    guard let bytes = try? Files.read(file) else {
      yaml.error(node, "the configuration file \(name) cannot be read")
      return JSONObject()
    }
    do throws(JSONError) {
      let value = try JSONValue.parse(bytes)
      if let object = value.object {
        // JSON is YAML but for rare escapes: read as such, its keys have places.
        let text = String(decoding: bytes, as: UTF8.self)
        if let root = try? YAMLNode.parse(text) { configurations[end] = (shown, root) }
        return substitution.value(.object(object), at: node.mark, &yaml).object ?? object
      }
      yaml.findings.append(
        Finding(.error, "the configuration is not a JSON object", file: shown, line: 1, column: 1)
      )
    } catch {
      yaml.findings.append(
        Finding(
          .error,
          "not JSON: \(error.reason.rawValue)",
          hint: "Named by \"config\" of \(yaml.file).",
          file: shown,
          line: error.line,
          column: error.column
        )
      )
    }
    return JSONObject()
  }

  private mutating func yaml(_ file: String, _ name: String, _ end: String) -> JSONObject {
    let shown = Paths.joined(Files.folder(of: yaml.file), name)
    let reading = YAMLFile.read(file)
    yaml.findings += reading.findings.map { finding in
      var finding = finding
      finding.file = shown
      return finding
    }
    guard let root = reading.root else { return JSONObject() }
    configurations[end] = (shown, root)
    var inner = YAMLReader(file: shown)
    let value = substitution.value(root, &inner)
    if value.object == nil { inner.error(root, "the configuration is not a mapping") }
    yaml.findings += inner.findings
    yaml.variables.merge(inner.variables) { first, _ in first }
    yaml.references += inner.references
    return value.object ?? JSONObject()
  }
}
