internal import Contracts
internal import JSON
internal import Posix
internal import Wire

/// A `meltano.yml` as far as jobs can be made of it, with one environment laid over it.
struct MeltanoProject {
  /// An extractor or a loader.
  struct Plugin {
    let name: String
    let executable: String
    let pipURL: String?
    var config: JSONObject
    let select: [String]
    let metadata: JSONValue?
    let schema: JSONValue?
    /// Those that the configuration refers to.
    let variables: Set<String>
    /// Settings whose values stand elsewhere: in `.env`, in the environment, in the keyring.
    let secrets: [String]
  }

  private let root: YAMLNode
  private let environment: YAMLNode?
  let folder: String

  /// Reads the file; `name` is an environment, nil for the default one.
  init(_ path: String, environment name: String?) throws {
    let (document, findings) = YAMLFile.read(path)
    guard let document else { throw Findings(findings) }
    guard document["plugins"] != nil else {
      throw Failure(
        .configuration,
        "\(path) has no plugins: it is no project of Meltano",
        hint: "Name the project's meltano.yml."
      )
    }
    root = document
    folder = Files.folder(of: path)
    let environments = document["environments"]?.elements ?? []
    let wanted = name ?? document["default_environment"]?.text
    environment = environments.first { $0["name"]?.text == wanted }
    guard name == nil || environment != nil else {
      let names = environments.compactMap { $0["name"]?.text }
      throw Failure(
        .usage,
        "\(path) has no environment \"\(name ?? "")\"",
        hint: names.isEmpty ? "It has none." : "It has \(names.joined(separator: ", "))."
      )
    }
  }

  var environmentName: String? { environment?["name"]?.text }

  func names(_ kind: String) -> [String] {
    (root["plugins"]?[kind]?.elements ?? []).compactMap { $0["name"]?.text }
  }

  /// The plugin with what the environment, and the plugins that it inherits from, say of it.
  ///
  /// The settings of a `mapping`, which a mapper may have several of, are laid over its own.
  func plugin(_ name: String, _ kind: String, mapping: YAMLNode? = nil) -> Plugin? {
    guard let own = node(name, kind, in: root) else { return nil }
    var chain = [own]
    while let parent = chain.last?["inherit_from"]?.text, chain.count < 20,
      let next = node(parent, kind, in: root)
    {
      chain.append(next)
    }
    let over = environment?["config"].flatMap { node(name, kind, in: $0) }
    let all = ([over].compactMap(\.self) + chain)
    func first(_ key: String) -> YAMLNode? { all.lazy.compactMap { $0[key] }.first { !$0.isNull } }
    var config = JSONObject()
    var variables: Set<String> = []
    for layer in all.reversed() + [mapping].compactMap(\.self) {
      for member in layer["config"]?.members ?? [] where !member.value.isNull {
        Self.set(
          member.key.split(separator: ".").map(String.init)[...],
          member.value.json,
          in: &config,
          &variables
        )
      }
    }
    let secrets = chain.flatMap { $0["settings"]?.elements ?? [] }.filter { setting in
      setting["sensitive"]?.json.bool == true || setting["kind"]?.text == "password"
    }.compactMap { $0["name"]?.text }
    return Plugin(
      name: name,
      executable: first("executable")?.text ?? chain.last?["name"]?.text ?? name,
      pipURL: first("pip_url")?.text,
      config: config,
      select: first("select")?.elements?.compactMap(\.text) ?? [],
      metadata: first("metadata").map(\.json),
      schema: first("schema").map(\.json),
      variables: variables,
      secrets: secrets
    )
  }

  /// The mapper that a task calls by its own name or by that of a mapping; nil where there is none.
  func mapper(_ word: String) -> Plugin? {
    for node in root["plugins"]?["mappers"]?.elements ?? [] {
      guard let name = node["name"]?.text else { continue }
      let mapping = node["mappings"]?.elements?.first { $0["name"]?.text == word }
      if mapping != nil || name == word { return plugin(name, "mappers", mapping: mapping) }
    }
    return nil
  }

  private func node(_ name: String, _ kind: String, in place: YAMLNode) -> YAMLNode? {
    place["plugins"]?[kind]?.elements?.first { $0["name"]?.text == name }
  }

  /// Settings with dots in their names are nested ones.
  private static func set(
    _ path: ArraySlice<String>,
    _ value: JSONValue,
    in object: inout JSONObject,
    _ names: inout Set<String>
  ) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      object[key] = MeltanoReference.translated(value) { names.insert($0) }
      return
    }
    var inner = object[key]?.object ?? JSONObject()
    set(path.dropFirst(), value, in: &inner, &names)
    object[key] = .object(inner)
  }

  /// What runs with what, a list of words each: the tasks of jobs, what schedules name; else every
  /// extractor with every loader.
  func tasks() -> [(name: String, tasks: [[String]])] {
    func words(_ node: YAMLNode) -> [String] {
      (node.elements?.compactMap(\.text) ?? [node.text ?? ""]).flatMap { text in
        text.split(separator: " ").map(String.init)
      }
    }
    var found: [(name: String, tasks: [[String]])] = []
    for job in root["jobs"]?.elements ?? [] {
      found.append((job["name"]?.text ?? "job", (job["tasks"]?.elements ?? []).map(words)))
    }
    for schedule in root["schedules"]?.elements ?? [] {
      guard let extractor = schedule["extractor"]?.text, let loader = schedule["loader"]?.text
      else {
        continue
      }
      found.append((schedule["name"]?.text ?? "\(extractor)-\(loader)", [[extractor, loader]]))
    }
    guard found.isEmpty else { return found }
    return names("extractors").flatMap { extractor in
      names("loaders").map { ("\(extractor)-to-\($0)", [[extractor, $0]]) }
    }
  }

  /// The variables that Meltano sets, and where it is told to.
  var variables: [(place: String, names: [String])] {
    func names(_ node: YAMLNode?) -> [String] { (node?["env"]?.members ?? []).map(\.key) }
    var found = [
      ("env", names(root)), ("environments.\(environmentName ?? "").env", names(environment)),
    ]
    for place in [root, environment?["config"]].compactMap(\.self) {
      for (kind, name) in ["extractors", "loaders"].flatMap({ kind in
        self.names(kind).map { (kind, $0) }
      }) {
        found.append(("\(kind).\(name).env", names(node(name, kind, in: place))))
      }
    }
    return found.filter { !$0.1.isEmpty }
  }

  /// Schedules in words, for whoever runs them from now on.
  var schedules: [String] {
    (root["schedules"]?.elements ?? []).map { schedule in
      let what = schedule["job"]?.text ?? schedule["extractor"]?.text ?? ""
      return
        "\(schedule["name"]?.text ?? "a schedule"): \(what), \(schedule["interval"]?.text ?? "no interval")"
    }
  }
}
