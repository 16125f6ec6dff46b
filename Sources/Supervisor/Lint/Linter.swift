package import Contracts
internal import JSON
internal import Posix
internal import Wire

/// Checks files of a project: jobs, contracts, plugins, places of secrets, told apart by their `kind`.
package struct Linter {
  /// What Dativo knows of files, by their `kind`.
  package enum Kind: String, CaseIterable, Sendable {
    case job = "Job"
    case contract = "DataContract"
    case plugin = "Plugin"
    case secrets = "Secrets"
  }

  /// The files that were checked.
  package private(set) var files: [(path: String, kind: Kind)] = []
  /// YAML files of folders that are none of ours.
  package private(set) var skipped: [String] = []
  private var found: [Finding] = []
  private var seen: Set<String> = []
  /// The file of each pipeline, by its name.
  private var pipelines: [String: String] = [:]
  private let environment: [String: String]

  package init(environment: [String: String] = JobFile.processEnvironment) {
    self.environment = environment
  }

  /// All that is wrong, by file and place.
  package var findings: [Finding] { found.sortedByPlace }

  /// Checks a file, or the `*.yaml` and `*.yml` files of a folder and those below it.
  package mutating func lint(_ path: String) {
    if Paths.isFolder(path) {
      folder(path, depth: 0)
    } else if Paths.exists(path) {
      file(path, isNamed: true)
    } else {
      found.append(Finding(.error, "no such file or folder", file: path))
    }
  }

  private mutating func folder(_ path: String, depth: Int) {
    guard depth < 32 else { return }
    for name in Paths.names(in: path) where !name.hasPrefix(".") && name != "node_modules" {
      let inner = path == "." ? name : path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      if Paths.isFolder(inner) {
        // Links may lead in circles.
        if Paths.isLink(inner) { continue }
        folder(inner, depth: depth + 1)
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        file(inner, isNamed: false)
      }
    }
  }

  private mutating func file(_ path: String, isNamed: Bool) {
    guard seen.insert(Paths.absolute(path)).inserted else { return }
    let reading = YAMLFile.read(path)
    guard let root = reading.root else {
      found += reading.findings
      return
    }
    guard let kind = kind(root, path, isNamed: isNamed) else { return }
    files.append((path, kind))
    switch kind {
    case .job: job(path, root)
    case .contract: contract(path)
    case .plugin: found += PluginFile(path, root).findings
    case .secrets:
      let substitution = Substitution(environment: environment, allowsMissing: true)
      let reader = JobReader(path, substitution)
      // A job that is kept to this file has told the same.
      found += reader.findings(ofSecrets: root).filter { !found.contains($0) }
    }
  }

  /// The file's kind; nil with a finding, or for a stranger in a folder.
  private mutating func kind(_ root: YAMLNode, _ path: String, isNamed: Bool) -> Kind? {
    let names = Kind.allCases.map(\.rawValue)
    let member = root.members.first { $0.key == "kind" }
    if let text = member?.value.text {
      if let kind = Kind(rawValue: text) { return kind }
      let near = Nearest.name(to: text, among: names)
      // Other tools have a `kind` too; a slip in one of ours is told even in a folder.
      let isOurs = root["apiVersion"]?.text?.hasPrefix("dativo") ?? false
      guard isNamed || isOurs || near != nil else {
        skipped.append(path)
        return nil
      }
      found.append(
        Finding(
          .error,
          path,
          member?.value.mark ?? root.mark,
          "unknown kind \"\(text)\"",
          hint: near.map { "Did you mean \"\($0)\"?" }
            ?? "Dativo knows \(names.joined(separator: ", "))."
        )
      )
      return nil
    }
    let looksOurs = root["source"] != nil && root["target"] != nil || root["schema"] != nil
    guard isNamed || looksOurs else {
      skipped.append(path)
      return nil
    }
    found.append(
      Finding(
        .error,
        path,
        member?.keyMark ?? root.mark,
        root.isNull ? "the file is empty" : "\"kind\" is missing",
        hint: "Write `kind: Job`, `kind: DataContract`, `kind: Plugin` or `kind: Secrets`."
      )
    )
    return nil
  }

  private mutating func contract(_ path: String) {
    guard let bytes = try? Files.read(path) else { return }
    let (contract, problems) = ContractFile.load(bytes)
    found += problems.map { Finding($0, file: path) }
    for problem in contract.map({ MaskPlan.ownProblems([$0]) }) ?? [] {
      guard case .contract(_, let mark) = problem.place else { continue }
      found.append(Finding(problem, file: path, mark))
    }
  }

  /// Notes the names of a job and of its parts, which tell what is kept of them apart.
  private mutating func names(of job: Job, _ path: String, _ root: YAMLNode) {
    let parts = job.partitions.map { partition in
      job.divided(Job.Part(stream: partition.name, catalog: nil))
    }
    for one in [job] + parts {
      guard let other = pipelines.updateValue(path, forKey: one.pipeline), other != path else {
        continue
      }
      found.append(
        Finding(
          .error,
          path,
          root["name"]?.mark ?? root.mark,
          one.part.map { part in
            "the part \(part.stream) is called \(one.pipeline), as a job or a part in \(other)"
          } ?? "the job \(job.pipeline) stands in \(other) too",
          hint: "Tenant and name, and of a part its own behind a dot, tell apart whose a state and "
            + "commits are."
        )
      )
    }
  }

  private mutating func job(_ path: String, _ root: YAMLNode) {
    let file = JobFile(path, root, environment: environment, allowsMissing: true)
    found += file.findings.filter { !found.contains($0) }
    guard let job = file.job else { return }
    names(of: job, path, root)
    var checks = JobChecks(file, job, environment: environment)
    checks.run()
    found += checks.findings
    // A job's contracts are a part of it, wherever they lie.
    for contract in job.contractFiles().paths { self.file(job.shown(contract), isNamed: true) }
  }
}

extension Finding {
  /// A problem of masking.
  init(_ problem: MaskPlan.Problem, file: String, _ mark: YAMLNode.Mark) {
    let severity: Severity = problem.severity == .error ? .error : .warning
    self.init(severity, file, mark, problem.message, hint: problem.hint)
  }

  /// A problem of a contract.
  package init(_ problem: Problem, file: String) {
    self.init(
      problem.severity == .error ? .error : .warning,
      problem.message,
      hint: problem.hint,
      file: file,
      line: problem.line,
      column: problem.column
    )
  }
}
