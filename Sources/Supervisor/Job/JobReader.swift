internal import Contracts
internal import JSON
internal import Posix
internal import Wire

/// From the document of a job file to a `Job`.
struct JobReader {
  static let apiVersion = "dativo/v1"

  var yaml: YAMLReader
  let substitution: Substitution
  /// The connectors' configurations as they stand in files.
  var configurations: [String: (file: String, node: YAMLNode)] = [:]
  let folder: String

  init(_ path: String, _ substitution: Substitution) {
    yaml = YAMLReader(file: path)
    self.substitution = substitution
    folder = Paths.absolute(Files.folder(of: path))
  }

  /// The job; what it holds stands only if no error was noted.
  mutating func read(_ root: YAMLNode) -> Job? {
    guard yaml.keys(root, JobKeys.root, in: "") else { return nil }
    header(root)
    let tenant = name(root, "tenant", allowsDots: false, example: "tenant: shop")
    let name = name(root, "name", allowsDots: true, example: "name: orders")
    _ = yaml.text(root["description"], "description")
    let source = source(root)
    let target = target(root)
    var job = Job(
      file: yaml.file,
      folder: folder,
      tenant: tenant ?? "",
      name: name ?? "",
      source: source.connector,
      select: source.select,
      contracts: yaml.texts(root["contracts"], "contracts"),
      target: target
    )
    job.metadata = overrides(root["source"]?["metadata"], "source.metadata")
    job.schema = overrides(root["source"]?["schema"], "source.schema")
    (job.source.sandbox, job.target.sandbox) = sandbox(root)
    if let node = root["validation"], !node.isNull { job.validation = validation(node) }
    if let node = root["state"], !node.isNull, yaml.keys(node, JobKeys.state, in: "state") {
      let backend = yaml.choice(node["backend"], "state.backend", Job.StateBackend.self)
      job.stateBackend = backend ?? .file
      job.statePath = yaml.text(node["path"], "state.path")
    }
    if let node = root["retry"], !node.isNull { job.retry = retry(node) }
    if let parts = yaml.integer(root["parallelism"], "parallelism", atLeast: 1) {
      job.parallelism = parts
    }
    job.partitions = partitions(root["partitions"], job.source)
    job.resources = resources(root["resources"])
    job.hooks = hooks(root["hooks"])
    refuseSecrets(inTarget: target.config, root)
    job.secrets = secrets(root)
    job.source.sandbox.hidden = job.secrets.places
    job.target.sandbox.hidden = job.secrets.places
    job.timeoutSeconds = yaml.duration(root["timeout"], "timeout")
    job.stallSeconds = yaml.duration(root["idle_timeout"], "idle_timeout") ?? stallSeconds(root)
    return job
  }

  /// The former name of `idle_timeout`.
  private mutating func stallSeconds(_ root: YAMLNode) -> Double? {
    guard let node = root["stall_seconds"], !node.isNull else { return nil }
    let seconds = yaml.number(node, "stall_seconds", above: 0)
    if let place = root.members.first(where: { $0.key == "stall_seconds" }) {
      let hint = "Write `idle_timeout: \(node.text ?? "")s`."
      yaml.warning(place.keyMark, "\"stall_seconds\" is now called \"idle_timeout\"", hint: hint)
    }
    return seconds
  }

  private mutating func header(_ root: YAMLNode) {
    let version = yaml.required(
      root,
      "apiVersion",
      "apiVersion",
      example: "apiVersion: \(Self.apiVersion)"
    )
    if let version, version != Self.apiVersion, let node = root["apiVersion"] {
      yaml.error(
        node,
        "apiVersion \"\(version)\" is not known",
        hint: "Write `apiVersion: \(Self.apiVersion)`."
      )
    }
    let kind = yaml.required(root, "kind", "kind", example: "kind: Job")
    if let kind, kind != "Job", let node = root["kind"] {
      yaml.error(node, "\"\(kind)\" is not a job", hint: "A job file says `kind: Job`.")
    }
  }

  /// A part of the pipeline's name, which names files too.
  private mutating func name(
    _ root: YAMLNode,
    _ key: String,
    allowsDots: Bool,
    example: String
  ) -> String? {
    guard let text = yaml.required(root, key, key, example: example), let node = root[key] else {
      return nil
    }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
      case ".": allowsDots
      default: false
      }
    }
    let isNamed = text.first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    guard isPlain, isNamed, text.utf8.count <= 64 else {
      let signs =
        allowsDots ? "letters, digits, \".\", \"_\" and \"-\"" : "letters, digits, \"_\" and \"-\""
      yaml.error(
        node,
        "\"\(key)\" may have \(signs) only, at most 64, not \"\(text)\"",
        hint: "It begins with a letter, a digit or \"_\"; it names the commit log and files."
      )
      return nil
    }
    return text
  }

  private mutating func validation(_ node: YAMLNode) -> Job.Validation {
    var validation = Job.Validation()
    guard yaml.keys(node, JobKeys.validation, in: "validation") else { return validation }
    if let mode = yaml.choice(node["mode"], "validation.mode", Job.Mode.self) {
      validation.mode = mode
    }
    validation.quarantine = yaml.text(node["quarantine"], "validation.quarantine")
    if let place = node["quarantine"], validation.quarantine != nil, validation.mode != .quarantine
    {
      yaml.error(
        place,
        "\"validation.quarantine\" without `mode: quarantine` has no effect",
        hint: "Write `mode: quarantine`, or remove the file."
      )
    }
    validation.report = yaml.text(node["report"], "validation.report")
    if let limit = node["max_violations"], let text = yaml.text(limit, "validation.max_violations")
    {
      let isPercent = text.hasSuffix("%")
      let number = isPercent ? Double(text.dropLast()) : Int(text).map(Double.init)
      if let number, number >= 0, !isPercent || number <= 100 {
        validation.maxViolations = text
      } else {
        yaml.error(
          limit,
          "\"validation.max_violations\" must be a count or a percentage, not \"\(text)\"",
          hint: "Write `max_violations: 100` or `max_violations: 1%`."
        )
      }
    }
    validation.masking = masking(node["masking"])
    validation.drift = drift(node["drift"])
    validation.severity = severity(node["severity"])
    validation.maskKeyFile = yaml.text(node["mask_key_file"], "validation.mask_key_file")
    return validation
  }

  private mutating func drift(_ node: YAMLNode?) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    var policy = DriftPolicy()
    do throws(DriftPolicy.Problem) {
      try policy.apply(node.json)
      return node.json
    } catch {
      let place = error.key.flatMap { node[$0] } ?? node
      yaml.error(place, error.message, hint: error.hint)
      return nil
    }
  }

  private mutating func severity(_ node: YAMLNode?) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    do throws(Severities.Problem) {
      _ = try Severities(node.json)
      return node.json
    } catch {
      let place = error.key.flatMap { node[$0] } ?? node
      yaml.error(place, error.message, hint: error.hint)
      return nil
    }
  }

  /// A mapping of patterns to mappings.
  private mutating func overrides(_ node: YAMLNode?, _ path: String) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    guard case .mapping = node else {
      yaml.error(node, "\"\(path)\" must be a mapping", hint: "Write `{orders: {…}}`.")
      return nil
    }
    for member in node.members {
      if case .mapping = member.value {
        let place = "\(path).\(member.key)"
        if path.hasSuffix("metadata") {
          warnOfSlips(member.value, place)
        } else {
          warnOfTypes(member.value, place)
        }
        continue
      }
      yaml.error(
        member.value,
        "\"\(path).\(member.key)\" must be a mapping",
        hint: path.hasSuffix("schema")
          ? "Write `{amount: {type: string}}`." : "Write `{replication-method: INCREMENTAL}`."
      )
    }
    return node.json
  }

  /// What JSON Schema does not know is no type to the stages behind, so that all would pass.
  private mutating func warnOfTypes(_ node: YAMLNode, _ path: String) {
    for member in node.members {
      let type = member.value["type"]
      for name in type?.elements ?? [type].compactMap(\.self) {
        guard let text = name.json.string ?? name.text, !JobKeys.types.contains(text) else {
          continue
        }
        yaml.warning(
          name.mark,
          "\"\(path).\(member.key)\" has the type \"\(text)\", which JSON Schema does not know",
          hint: Nearest.name(to: text, among: JobKeys.types).map { "Did you mean \"\($0)\"?" }
            ?? "There are \(JobKeys.types.joined(separator: ", "))."
        )
      }
    }
  }

  /// Taps have metadata of their own, so only what looks like a known key misspelt is told of.
  private mutating func warnOfSlips(_ node: YAMLNode, _ path: String) {
    for member in node.members where !JobKeys.metadata.contains(member.key) {
      guard let near = Nearest.name(to: member.key, among: JobKeys.metadata) else { continue }
      yaml.warning(
        member.keyMark,
        "no tap is known to have \"\(path).\(member.key)\"",
        hint: "Did you mean \"\(near)\"?"
      )
    }
    let methods = ["FULL_TABLE", "INCREMENTAL", "LOG_BASED"]
    if let place = node["replication-method"], let method = place.json.string,
      !methods.contains(method)
    {
      yaml.error(
        place,
        "there is no replication method \"\(method)\"",
        hint: "There are \(methods.joined(separator: ", "))."
      )
    }
  }

  private mutating func masking(_ node: YAMLNode?) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    var problems: [MaskPolicy.Problem] = []
    _ = MaskPolicy(node.json, &problems)
    for problem in problems {
      yaml.error(node.nearest(problem.path), problem.message, hint: problem.hint)
    }
    return problems.isEmpty ? node.json : nil
  }

  private mutating func retry(_ node: YAMLNode) -> Job.Retry {
    var retry = Job.Retry()
    guard yaml.keys(node, JobKeys.retry, in: "retry") else { return retry }
    retry.attempts = yaml.integer(node["attempts"], "retry.attempts", atLeast: 1) ?? retry.attempts
    let initial = yaml.number(
      node["initial_seconds"],
      "retry.initial_seconds",
      above: 0,
      orEqual: true
    )
    retry.initialSeconds = min(initial ?? retry.initialSeconds, YAMLReader.longest)
    let most = yaml.number(node["max_seconds"], "retry.max_seconds", above: 0, orEqual: true)
    retry.maxSeconds = min(most ?? max(retry.maxSeconds, retry.initialSeconds), YAMLReader.longest)
    if retry.maxSeconds < retry.initialSeconds {
      yaml.error(
        node["max_seconds"] ?? node,
        "\"retry.max_seconds\" is less than \"retry.initial_seconds\""
      )
    }
    retry.breaker = breaker(node["breaker"])
    return retry
  }

  private mutating func resources(_ node: YAMLNode?) -> Resources {
    guard let node, !node.isNull, yaml.keys(node, Resources.keys, in: "resources") else {
      return Resources()
    }
    return Resources(
      memory: yaml.size(node["memory"], "resources.memory"),
      processes: yaml.integer(
        node["processes"],
        "resources.processes",
        atLeast: Resources.least.processes ?? 1
      )
    )
  }

  private mutating func breaker(_ node: YAMLNode?) -> Breaker.Policy? {
    guard let node, !node.isNull, yaml.keys(node, JobKeys.breaker, in: "retry.breaker") else {
      return nil
    }
    return Breaker.Policy(
      failures: yaml.integer(node["failures"], "retry.breaker.failures", atLeast: 1) ?? 5,
      cooldown: yaml.duration(node["cooldown"], "retry.breaker.cooldown") ?? 900
    )
  }
}
