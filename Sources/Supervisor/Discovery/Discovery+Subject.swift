internal import Contracts
package import JSON
internal import Posix
internal import Secrets
package import Wire

extension Discovery {
  /// What the tap of a job offers, in any of its partitions; nothing is selected.
  package static func offered(by job: Job) throws(Failure) -> Catalog {
    let plugins = PluginCatalog(project: job.folder)
    let secrets = SecretAccess(job)
    var all = Catalog(streams: [])
    for one in job.asked {
      let tap = try plugins.connector(one.source, .tap)
      all = all.joined(
        with: try offered(by: tap, one.source, job.folder, secrets, of: one)
      )
    }
    return all
  }

  /// What a tap offers: a name as in job files, or the path of an executable; `config` is a JSON or
  /// YAML file.
  package static func offered(by name: String, config: String?) throws(Findings) -> Catalog {
    let folder = Paths.working
    let isPath = name.contains("/")
    let program: Job.Program =
      isPath ? .command([Paths.absolute(name, from: folder)]) : .plugin(name)
    var end = Job.Connector(program: program)
    if let config { end.config = try configuration(config) }
    do throws(Failure) {
      let tap = try PluginCatalog(project: folder).connector(end, .tap)
      return try offered(by: tap, end, folder, nil)
    } catch {
      throw Findings([Finding(error)])
    }
  }

  private static func offered(
    by tap: Connector,
    _ end: Job.Connector,
    _ folder: String,
    _ secrets: SecretAccess?,
    of job: Job? = nil
  ) throws(Failure) -> Catalog {
    guard tap.discovers else {
      throw Failure(
        .configuration,
        "\(tap.name) does not tell what it offers",
        hint: "It has no option --discover: its documentation names its streams."
      )
    }
    return try Discovery(
      tap,
      config: end.config,
      environment: end.environment,
      folder: folder,
      secrets: secrets,
      job: job
    ).catalog()
  }

  /// A configuration file by itself, with variables replaced.
  package static func configuration(_ path: String) throws(Findings) -> JSONObject {
    let reading = YAMLFile.read(path)
    guard let root = reading.root else { throw Findings(reading.findings) }
    var yaml = YAMLReader(file: path)
    let substitution = Substitution(environment: JobFile.processEnvironment)
    let value = substitution.value(root, &yaml)
    if value.object == nil { yaml.error(root, "the configuration is not a mapping") }
    if let (reference, mark) = yaml.references.first {
      yaml.error(
        mark,
        "\(reference.text) cannot be resolved here: a secret belongs to a job's tenant",
        hint: "Name the job file in place of the tap, or a variable: ${NAME}."
      )
    }
    guard yaml.findings.isEmpty, let object = value.object else { throw Findings(yaml.findings) }
    Redactor.learn(SecretValues(settings: object, variables: yaml.variables))
    return object
  }
}
