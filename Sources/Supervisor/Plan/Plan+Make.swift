internal import Children
package import JSON
package import Wire

extension Plan {
  /// The parts that a plan is made of, each looked up before.
  package struct Parts: Sendable {
    package var tap: Connector
    package var target: Connector
    /// The executable of the middle stage.
    package var validate: String
    /// The catalog to hand to the tap; nil where it takes none.
    package var catalog: Catalog?
    /// Contract files, absolute.
    package var contracts: [String]
    /// The folder `DATIVO_HOME`, absolute.
    package var home: String

    package init(
      tap: Connector,
      target: Connector,
      validate: String,
      catalog: Catalog? = nil,
      contracts: [String] = [],
      home: String
    ) {
      self.tap = tap
      self.target = target
      self.validate = validate
      self.catalog = catalog
      self.contracts = contracts
      self.home = home
    }
  }

  /// The plan of one attempt, which begins from `state`.
  package init(
    _ job: Job,
    _ parts: Parts,
    run: String,
    attempt: Int = 1,
    folder runFolder: String,
    privateFolder: String? = nil,
    state: JSONValue?
  ) {
    self.job = "\(job.tenant).\(job.name)"
    pipeline = job.target.config["pipeline"]?.string ?? job.pipeline
    self.run = run
    name = attempt == 1 ? run : "\(run).\(attempt)"
    folder = job.folder
    self.runFolder = runFolder
    self.privateFolder = privateFolder ?? runFolder
    self.state = parts.tap.takesState && job.window == nil ? state : nil
    source = Fingerprint.of(job.source, name: parts.tap.name)
    delivery = parts.target.commitsState ? .exactlyOnce : .atLeastOnce
    streams = parts.catalog?.streams.filter(\.isSelected).map(\.stream)
    contracts = parts.contracts
    mode = job.validation.mode
    quarantine = Self.quarantine(job, parts.home, name)
    report =
      job.validation.report.map { Self.absolute($0, job.folder) } ?? "\(runFolder)/report.json"
    stallSeconds = job.stallSeconds
    timeoutSeconds = job.timeoutSeconds
    resources = job.resources
    limit = job.limit
    stages = []
    files = []
    stages = [tap(job, parts), validate(job, parts), target(job, parts)]
  }

  private mutating func tap(_ job: Job, _ parts: Parts) -> Stage {
    let path = config("tap.config", job.source.config, (parts.tap, .tap))
    var arguments: [String] = []
    if let option = parts.tap.catalogOption, var catalog = parts.catalog {
      if parts.tap.quirks.contains(.fullTable) {
        for index in catalog.streams.indices where catalog.streams[index].replicationMethod == nil {
          catalog.streams[index].setReplicationMethod("FULL_TABLE")
        }
      }
      arguments += [option, file("tap.catalog", catalog.json)]
    }
    if let state { arguments += ["--state", file("tap.state", state)] }
    return stage(.tap, parts.tap, config: path, arguments, job.source.environment)
  }

  /// A stage that is a connector, confined where it is to be.
  private func stage(
    _ role: Stage.Role,
    _ connector: Connector,
    config: String,
    _ arguments: [String],
    _ environment: [String: String]
  ) -> Stage {
    var environment = environment
    // Only who waits for our proof speaks to us beside its output.
    let speaks = connector.awaitsVerdict && connector.enclosure != nil
    if speaks { environment.merge(Stage.channels) { $1 } }
    if connector.enclosure == nil { environment[PrivateFolder.variable] = privateFolder }
    let command = connector.command(
      config: config,
      arguments,
      environment: environment,
      private: privateFolder,
      descriptors: speaks ? [3, 4] : [],
      linger: role == .tap ? RunLifecycle.tidyingGrace : nil,
      folder: folder
    )
    return Stage(
      role: role,
      name: connector.name,
      executable: command.executable,
      arguments: command.arguments,
      environment: connector.enclosure == nil ? environment : command.environment,
      awaitsVerdict: connector.awaitsVerdict,
      enclosure: connector.enclosure,
      container: connector.container,
      isOurs: connector.isOurs
    )
  }

  private mutating func validate(_ job: Job, _ parts: Parts) -> Stage {
    var config: JSONObject = [
      "run_id": .string(name), "control_socket": .string("\(runFolder)/\(PeekClient.socket)"),
    ]
    // A line that one stage takes, the other must take, too.
    if let size = job.target.config["max_line_size"] { config["max_line_size"] = size }
    config["masking"] = job.validation.masking
    config["drift"] = job.validation.drift
    config["severity"] = job.validation.severity
    config["incremental"] = incremental(parts.catalog)
    if !job.select.isEmpty || job.part != nil { config["deselected"] = parts.catalog?.leftOut }
    if job.window != nil { config["keep_state"] = true }
    config["record_limit"] = job.limit.map { .number(JSONNumber($0)) }
    let secrets = "\(privateFolder)/validate.secrets.json"
    config["secrets_file"] = .string(secrets)
    files.append(File(path: secrets, content: .null, listsSecrets: true))
    if let path = job.validation.maskKeyFile {
      config["mask_key_file"] = .string(Self.absolute(path, job.folder))
    }
    var arguments = ["--config", file("validate.config", .object(config))]
    for contract in contracts { arguments += ["--contract", contract] }
    arguments += ["--mode", mode.rawValue, "--report", report]
    if let quarantine { arguments += ["--quarantine", quarantine] }
    if let limit = job.validation.maxViolations { arguments += ["--max-violations", limit] }
    if job.source.isLenient || parts.tap.quirks.contains(.lenientStdout) {
      arguments.append("--lenient")
    }
    return Stage(
      role: .validate,
      name: "dativo-validate",
      executable: parts.validate,
      arguments: arguments
    )
  }

  /// The streams of which only changes come: by the log always, by a key once a STATE speaks of them.
  private func incremental(_ catalog: Catalog?) -> JSONValue? {
    let names = catalog?.streams.filter { entry in
      guard entry.isSelected, entry.isIncremental else { return false }
      if entry.replicationMethod == "LOG_BASED" { return true }
      guard let state else { return false }
      guard let bookmarks = state["bookmarks"]?.object else { return true }
      return bookmarks[entry.tapStreamID] != nil || bookmarks[entry.stream] != nil
    }.map { JSONValue.string($0.stream) }
    return names.flatMap { $0.isEmpty ? nil : .array($0) }
  }

  private mutating func target(_ job: Job, _ parts: Parts) -> Stage {
    let config = Self.targetConfig(job, parts.target, pipeline: pipeline, source: source, run: run)
    let path = self.config("target.config", config, (parts.target, .target))
    return stage(.target, parts.target, config: path, [], job.target.environment)
  }

  /// A target of ours learns for whom it writes; any other gets its own configuration only.
  static func targetConfig(
    _ job: Job,
    _ target: Connector,
    pipeline: String,
    source: String?,
    run: String
  ) -> JSONObject {
    var config = job.target.config
    guard target.commitsState else { return config }
    config["pipeline"] = .string(pipeline)
    config["source"] = source.map { .string($0) }
    config["run_id"] = .string(run)
    return config
  }

  /// Adds a private file; returns its path.
  private mutating func file(_ name: String, _ content: JSONValue) -> String {
    let path = "\(runFolder)/\(name).json"
    files.append(File(path: path, content: content))
    return path
  }

  /// Adds a plugin's configuration; returns its path.
  private mutating func config(
    _ name: String,
    _ content: JSONObject,
    _ plugin: (Connector, Stage.Role)
  ) -> String {
    let path = "\(privateFolder)/\(name).json"
    files.append(File(path: path, content: .object(content), plugin: plugin))
    return path
  }

  /// The plan whose tap sends nothing: the target finishes what it has committed.
  func emptied() -> Plan {
    var plan = self
    plan.stages[0] = Stage(
      role: .tap,
      name: "nothing",
      executable: "/bin/cat",
      arguments: ["/dev/null"]
    )
    return plan.withoutTapFiles()
  }

  /// The plan without what its tap is given, for a stage that takes the tap's place.
  func withoutTapFiles() -> Plan {
    var plan = self
    for folder in [runFolder, privateFolder] {
      plan.files.removeAll { $0.path.hasPrefix("\(folder)/tap.") }
    }
    return plan
  }

  private static func quarantine(_ job: Job, _ home: String, _ name: String) -> String? {
    guard job.validation.mode == .quarantine else { return nil }
    return job.validation.quarantine.map { absolute($0, job.folder) }
      ?? "\(home)/quarantine/\(job.tenant)/\(job.name)/\(name).jsonl"
  }

  static func absolute(_ path: String, _ folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
