internal import Contracts
internal import JSON
internal import Posix
internal import Wire

extension JobFile {
  /// What is wrong with the connectors' settings, each with its place in the file.
  package func settingsFindings(_ job: Job) -> [Finding] {
    var checks = JobChecks(self, job, environment: JobFile.processEnvironment)
    checks.settings()
    return checks.findings
  }
}

/// Holds a job against what lies around it: contracts, connectors and their settings.
struct JobChecks {
  let file: JobFile
  private let job: Job
  let catalog: PluginCatalog
  var findings: [Finding] = []

  init(_ file: JobFile, _ job: Job, environment: [String: String]) {
    self.file = file
    self.job = job
    catalog = PluginCatalog(project: job.folder, environment: environment)
  }

  mutating func run() {
    contracts()
    tenants()
    masking()
    connector(job.source, .tap, "source", reportsMissing: true)
    connector(job.target, .target, "target", reportsMissing: true)
    select()
    partitions()
  }

  /// Parts of one stream go into one table, which takes one pipeline unless it is shared.
  private mutating func partitions() {
    guard job.partitions.count > 1, job.hasUnsharedTables else { return }
    let mark = (file.root["partitions"] ?? file.root).mark
    let isOfTime = job.partitions.contains { $0.window != nil }
    findings.append(
      Finding(
        isOfTime ? .error : .warning,
        file.path,
        mark,
        isOfTime ? Job.oneTable : "parts that load one stream cannot share its table",
        hint: Job.sharing + (isOfTime ? "" : " Parts with streams of their own do not need it.")
      )
    )
  }

  /// The connectors' settings alone, for those that are found.
  mutating func settings() {
    connector(job.source, .tap, "source", reportsMissing: false)
    connector(job.target, .target, "target", reportsMissing: false)
  }

  private mutating func contracts() {
    let entries = file.root["contracts"]?.elements ?? file.root["contracts"].map { [$0] } ?? []
    for missing in job.contractFiles().missing {
      let node = entries.first { $0.text == missing }
      let isPattern = missing.contains { "*?[".contains($0) }
      add(
        node,
        isPattern ? "no file matches \"\(missing)\"" : "\(missing) is no contract file",
        hint: nearContract(missing) ?? job.contractHint(missing)
      )
    }
  }

  private mutating func tenants() {
    for other in job.contractsOfOthers() {
      add(
        file.root["tenant"],
        "\(job.shown(other.path)) is a contract of the tenant \(other.tenant)",
        hint: "Run the job under that tenant, or remove \"tenant\" from the contract."
      )
    }
  }

  /// Holds the masking policies against the contracts, once these load.
  private mutating func masking() {
    let paths = job.contractFiles().paths
    let loaded = paths.map { path in
      (try? Files.read(path)).flatMap { ContractFile.load($0).contract }
    }
    let contracts = loaded.compactMap(\.self)
    guard contracts.count == paths.count else { return }
    if job.validation.masking != nil, contracts.isEmpty {
      add(
        file.root["validation"]?["masking"],
        "masking without a contract masks nothing",
        hint: "Name the contract of the fields under contracts."
      )
      return
    }
    let plan = MaskPlan(
      job.validation.masking,
      contracts,
      deniesUnlisted: job.validation.mode == .strict
    )
    // What a contract has by itself is told where it is checked.
    let told = Set(MaskPlan.ownProblems(contracts))
    for problem in plan.problems where !told.contains(problem) {
      let (path, mark) =
        switch problem.place {
        case .setting(let keys):
          (file.path, file.root.nearest(["validation", "masking"] + keys).mark)
        case .contract(let index, let mark): (job.shown(paths[index]), mark)
        }
      findings.append(Finding(problem, file: path, mark))
    }
  }

  /// A file of the same folder whose name is close.
  private func nearContract(_ path: String) -> String? {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.popLast() else { return nil }
    let folder = parts.joined(separator: "/")
    let names = Paths.names(in: Paths.absolute(folder.isEmpty ? "." : folder, from: job.folder))
    // The name itself is that of a folder, of which the other hint tells.
    guard !names.contains(name) else { return nil }
    return Nearest.name(to: name, among: names).map { near in
      "Did you mean \"\(folder.isEmpty ? near : folder + "/" + near)\"?"
    }
  }

  private mutating func connector(
    _ connector: Job.Connector,
    _ role: Plugin.Role,
    _ end: String,
    reportsMissing: Bool
  ) {
    let section = file.root[end]
    do throws(Failure) {
      switch connector.program {
      case .command(let words): _ = try catalog.program(words.first ?? "")
      case .plugin(let name):
        let plugin = try catalog.find(name, role)
        if reportsMissing, let obstacle = catalog.obstacle(plugin) {
          add(section?[role.rawValue], obstacle.message, hint: obstacle.hint)
        }
        if reportsMissing { confinement(connector, plugin) }
        guard let settings = catalog.settings(of: plugin) else { return }
        let place = file.configurations[end]
        let config = place?.node ?? section?["config"] ?? section ?? file.root
        var check = SettingsCheck(
          schema: settings,
          plugin: "\(role.rawValue) \(name)",
          file: place?.file ?? file.path
        )
        check.run(config, values: connector.config)
        findings += check.findings
        literals(config, settings, place?.file ?? file.path)
      }
    } catch {
      guard reportsMissing else { return }
      let key = if case .command = connector.program { "command" } else { role.rawValue }
      add(section?[key] ?? section, error.message, hint: error.hint)
    }
  }

  /// Warns of secrets that stand in the file itself, by what the plugin says of its settings.
  private mutating func literals(_ node: YAMLNode, _ settings: JSONValue?, _ file: String) {
    for member in node.members {
      let setting = settings?["properties"]?[member.key] ?? settings?["additionalProperties"]
      guard SecretValues.isMarked(setting) else {
        literals(member.value, setting, file)
        for element in member.value.elements ?? [] { literals(element, setting?["items"], file) }
        continue
      }
      guard let text = member.value.text, !member.value.isNull, !text.isEmpty,
        !text.contains("${")
      else { continue }
      findings.append(
        Finding(
          .warning,
          file,
          member.value.mark,
          "\"\(member.key)\" is a secret, and stands here for everybody who reads the file",
          hint: "Write `\(member.key): ${secret:path/\(member.key)}`, or ${NAME} for a variable."
        )
      )
    }
  }

  private mutating func select() {
    guard let nodes = file.root["source"]?["select"]?.elements else { return }
    for node in nodes where node.text == "!" || node.text?.hasPrefix("!!") == true {
      add(
        node,
        "\"\(node.text ?? "")\" is no pattern",
        hint: "Write `stream.property` or `!*.ssn`."
      )
    }
  }

  mutating func add(_ node: YAMLNode?, _ message: String, hint: String?) {
    findings.append(Finding(.error, file.path, (node ?? file.root).mark, message, hint: hint))
  }
}
