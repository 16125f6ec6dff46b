internal import Contracts
internal import JSON
internal import Posix
internal import Secrets

/// Where secrets are kept, and the references to them.
extension JobReader {
  /// The settings: the operator's where there are such, else the job's own.
  mutating func secrets(_ root: YAMLNode) -> SecretSettings {
    let own = root["secrets"].flatMap { $0.isNull ? nil : $0 }
    let operators = operatorsFile()
    if let operators, let own {
      yaml.error(
        own,
        "where secrets are kept is said in \(operators)",
        hint: "Remove \"secrets\" here: it could name what is not this tenant's."
      )
    }
    let settings =
      operators.map { readOperators($0) } ?? own.map { secrets($0, folder, &yaml) }
      ?? SecretSettings()
    for (reference, mark) in yaml.references {
      guard let name = reference.backend, settings.named[name] == nil else { continue }
      yaml.error(
        mark,
        "\(reference.text): no backend of secrets is called \"\(name)\"",
        hint: Nearest.name(to: name, among: settings.named.keys).map { "Did you mean \"\($0)\"?" }
          ?? "Write `secrets: {named: {\(name): {backend: filesystem}}}`, or leave the name out."
      )
    }
    return settings
  }

  /// `DATIVO_SECRETS`, or `secrets.yaml` in `DATIVO_HOME`.
  private func operatorsFile() -> String? {
    if let path = Environment.value("DATIVO_SECRETS"), !path.isEmpty { return path }
    let path = "\(Home.ofSecrets(in: folder))/secrets.yaml"
    return Paths.isFile(path) ? path : nil
  }

  private mutating func readOperators(_ path: String) -> SecretSettings {
    let reading = YAMLFile.read(path)
    var inner = YAMLReader(file: path)
    inner.findings = reading.findings
    var settings = SecretSettings()
    if let root = reading.root { settings = operators(root, &inner) }
    settings.file = path
    yaml.findings += inner.findings
    return settings
  }

  /// What is wrong with the operator's file, as whose reader this one was made.
  func findings(ofSecrets root: YAMLNode) -> [Finding] {
    var inner = YAMLReader(file: yaml.file)
    _ = operators(root, &inner)
    return inner.findings
  }

  private func operators(_ root: YAMLNode, _ yaml: inout YAMLReader) -> SecretSettings {
    if root["apiVersion"]?.text != Self.apiVersion || root["kind"]?.text != "Secrets" {
      yaml.error(root, "the file must say `apiVersion: \(Self.apiVersion)`, `kind: Secrets`")
    }
    return secrets(root, Paths.absolute(Files.folder(of: yaml.file)), &yaml, isFile: true)
  }

  private func secrets(
    _ node: YAMLNode,
    _ folder: String,
    _ yaml: inout YAMLReader,
    isFile: Bool = false
  ) -> SecretSettings {
    var settings = SecretSettings()
    let further = ["named"] + (isFile ? ["apiVersion", "kind"] : [])
    if let main = backend(node, "secrets", folder, further, &yaml) { settings.main = main }
    guard let named = node["named"], !named.isNull else { return settings }
    guard case .mapping(let members, _) = named else {
      yaml.error(
        named,
        "\"secrets.named\" must be a mapping",
        hint: "Write `named: {files: {backend: filesystem, path: secrets}}`."
      )
      return settings
    }
    for member in members {
      let isName = (try? SecretReference("\(member.key):a")) != nil
      if !isName { yaml.error(member.keyMark, "\"\(member.key)\" cannot name a backend") }
      settings.named[member.key] =
        backend(member.value, "secrets.named.\(member.key)", folder, [], &yaml)
    }
    return settings
  }

  private func backend(
    _ node: YAMLNode,
    _ path: String,
    _ folder: String,
    _ further: [String],
    _ yaml: inout YAMLReader
  ) -> SecretSettings.Backend? {
    guard case .mapping = node else {
      yaml.error(node, "\"\(path)\" must be a mapping", hint: "Write `{backend: vault}`.")
      return nil
    }
    guard let place = node["backend"], !place.isNull else {
      yaml.error(
        node,
        "\"\(path).backend\" is missing",
        hint: "One of \(SecretSettings.Kind.allCases.map(\.rawValue).joined(separator: ", "))."
      )
      return nil
    }
    guard let kind = yaml.choice(place, "\(path).backend", SecretSettings.Kind.self) else {
      return nil
    }
    let own = SecretSettings.Backend.keys(kind)
    guard yaml.keys(node, ["backend", "ttl"] + own + further, in: path) else { return nil }
    var backend = SecretSettings.Backend(kind)
    if let ttl = node["ttl"], !ttl.isNull {
      backend.ttl = ttl.text == "0" ? 0 : yaml.duration(ttl, "\(path).ttl") ?? backend.ttl
    }
    for key in own {
      guard let node = node[key], let text = yaml.text(node, "\(path).\(key)") else { continue }
      var value = substitution.replace(text, node.mark, &yaml)
      if SecretSettings.Backend.isPlace(key) { value = Paths.absolute(value, from: folder) }
      check(key, value, node, path, &yaml)
      backend.options[key] = value
    }
    return backend
  }

  private func check(
    _ key: String,
    _ value: String,
    _ node: YAMLNode,
    _ path: String,
    _ yaml: inout YAMLReader
  ) {
    guard !value.contains("${") else { return }
    let name = "\"\(path).\(key)\""
    switch key {
    case "address", "endpoint":
      let isURL = ["http://", "https://"].contains { value.lowercased().hasPrefix($0) }
      if !isURL { yaml.error(node, "\(name) must be an http or https address") }
      if Redaction.userInfo(value) != nil {
        yaml.error(node, "\(name) must hold no user and password")
      }
    case "mount", "prefix", "auth_mount":
      do throws(SecretPath.Problem) {
        _ = try SecretPath(value)
      } catch {
        yaml.error(node, "\(name): \(error.message)", hint: "Write it as `a/b`.")
      }
    case "kv":
      if value != "1", value != "2" { yaml.error(node, "\(name) must be 1 or 2") }
    case "auth":
      let methods = ["token", "approle", "kubernetes"]
      guard !methods.contains(value) else { return }
      yaml.error(
        node,
        "\(name) must be one of \(methods.joined(separator: ", ")), not \"\(value)\"",
        hint: Nearest.name(to: value, among: methods).map { "Did you mean \"\($0)\"?" }
      )
    default: return
    }
  }

  /// Notes references where none can be: what is resolved there would be seen by others.
  mutating func refuseSecret(in text: String, _ mark: YAMLNode.Mark, _ place: String) {
    guard SecretText.isNeeded(text) else { return }
    yaml.error(
      mark,
      "a secret cannot stand in \(place)",
      hint: "Others can read it there: put it into \"config\", which the plugin alone gets."
    )
  }

  /// Notes references in settings that name tables, commits and files.
  mutating func refuseSecrets(inTarget config: JSONObject, _ root: YAMLNode) {
    for key in ["destination", "pipeline", "s3", "tail"] {
      guard let value = config[key], SecretText.isNeeded(value.encoded()) else { continue }
      let node = configurations["target"]?.node
      yaml.error(
        node?[key] ?? root,
        "\"\(key)\" of the target cannot be a secret: commits and files are named by it",
        hint: "Write ${NAME} for a variable, or the text itself."
      )
    }
  }
}
