package import Contracts
internal import JSON
internal import Posix

/// A job file as it was read: the job, if it can run, and all that is wrong with it.
package struct JobFile: Sendable {
  package let path: String
  /// The document, for the places of what is found later; null where it is no YAML.
  package let root: YAMLNode
  /// Nil where there are errors.
  package let job: Job?
  /// By place.
  package let findings: [Finding]
  /// The connectors' configurations as documents, by `source` and `target`, with their files.
  let configurations: [String: (file: String, node: YAMLNode)]

  /// Reads the file at `path`.
  package static func read(
    _ path: String,
    environment: [String: String] = JobFile.processEnvironment
  ) -> JobFile {
    let reading = YAMLFile.read(path)
    guard let root = reading.root else { return JobFile(path, unread: reading.findings) }
    return JobFile(path, root, environment: environment)
  }

  private init(_ path: String, unread findings: [Finding]) {
    self.path = path
    root = .scalar("", isPlain: true, YAMLNode.Mark(line: 1, column: 1))
    job = nil
    self.findings = findings
    configurations = [:]
  }

  /// Reads a document that has been parsed.
  ///
  /// With `allowsMissing`, variables that are not set are warnings, and their references stay: for
  /// checks that need no secrets.
  package init(
    _ path: String,
    _ root: YAMLNode,
    environment: [String: String],
    allowsMissing: Bool = false
  ) {
    let substitution = Substitution(environment: environment, allowsMissing: allowsMissing)
    var reader = JobReader(path, substitution)
    let job = reader.read(root)
    // Before anything of it can be told.
    Redactor.learnEnvironment()
    Redactor.learn(SecretValues(job, variables: reader.yaml.variables))
    self.path = path
    self.root = root
    findings = reader.yaml.findings.sortedByPlace
    self.job = findings.contains { $0.severity == .error } ? nil : job
    configurations = reader.configurations
  }

  /// The variables that configuration values may refer to.
  package static var processEnvironment: [String: String] {
    Dictionary(Environment.all.map { ($0.name, $0.value) }) { first, _ in first }
  }
}

extension Job {
  /// Reads a job file; throws all that is wrong with it at once.
  package static func load(_ path: String) throws(Findings) -> (job: Job, warnings: [Finding]) {
    let file = JobFile.read(path)
    guard let job = file.job else { throw Findings(file.findings) }
    return (job, file.findings)
  }
}
