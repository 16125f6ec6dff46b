internal import Contracts
package import JSON
internal import Posix
package import Wire

/// Makes jobs and contracts of a project of the predecessor, and tells what became of each part.
///
/// Nothing is written before all of it is known.
package struct DativoV1Import {
  /// A file that was made, and of what.
  package struct Made: Sendable {
    package let path: String
    package let from: String
    /// What it is for, for people.
    package let title: String
  }

  package private(set) var jobs: [Made] = []
  package private(set) var contracts: [Made] = []
  package private(set) var schedules: [V1Schedule] = []
  package var notes: [ImportNote] { noted.list }
  /// Files that are no YAML.
  package let unreadable: [Finding]

  private var noted = ImportNotes()
  private let project: V1Project
  private let output: String
  private var files: [(path: String, text: String)] = []
  /// The contract of an asset as a job reads it, by what tells it from others.
  private var known: [String: String] = [:]

  /// Reads the project in `folder`; files go to `output`.
  package init(_ folder: String, output: String) throws(Failure) {
    project = try V1Project(folder)
    unreadable = project.unreadable
    self.output = output
    var carried: [String: String] = [:]
    for root in project.jobs { carried[root.file] = add(root) }
    for root in project.assets where !contracts.contains(where: { $0.from == root.file }) {
      _ = contract(V1Asset(root), .init())
    }
    for runner in project.runners {
      schedules += V1Schedule.list(runner, in: project, jobs: carried, &noted)
    }
    for (file, what) in project.others {
      noted.left(file, what, hint: what.hasPrefix("secret") ? "Export them as variables." : nil)
    }
    try write()
  }

  /// The file of the job; nil where it could not be carried, which alone is told of it then.
  private mutating func add(_ root: Marked) -> String? {
    var own = ImportNotes()
    let job = V1Job(root, in: project, &own)
    let asset = job.asset(in: project, &own).map { V1Asset($0) }
    guard let source = V1Source(job: job, asset: asset, project: project).make(&own),
      let target = V1Target(job: job, asset: asset).make(&own)
    else {
      noted.add(own, carries: false)
      return nil
    }
    let settings = V1Settings(root)
    settings.note(&own)
    noted.add(own, carries: true)
    var overrides = V1Asset.Overrides(physicalName: source.stream, tenant: job.tenant)
    overrides.classification = root["classification_overrides"]
    overrides.governance = root["governance_overrides"]
    overrides.finops = root["finops"]
    for place in [overrides.classification, overrides.governance, overrides.finops] {
      if let place { noted.carried(place, "into a contract of this job's own") }
    }
    let contract = asset.map { self.contract($0, overrides, for: job) }
    let name = free(job.stem, or: "\(job.tenant)-\(job.stem)")
    var section: JSONObject = [
      "apiVersion": .string(JobReader.apiVersion), "kind": "Job", "tenant": .string(job.tenant),
      "name": .string(name), "description": .string(settings.description),
      "source": .object(source.section),
    ]
    if let contract { section["contracts"] = [.string("contracts/\(contract)")] }
    section["validation"] = ["mode": .string(settings.mode)]
    section["target"] = .object(target)
    section["retry"] = settings.retry
    let path = Paths.joined(output, "\(name).yaml")
    files.append((path, Self.modeline(.job) + YAMLWriter.text(.object(section))))
    jobs.append(
      Made(path: path, from: root.file, title: "\(job.tenant).\(name): \(source.title) to parquet")
    )
    noted.carried(root, "the job, as \(path)")
    return path
  }

  /// The name of the contract's file.
  private mutating func contract(
    _ asset: V1Asset,
    _ overrides: V1Asset.Overrides,
    for job: V1Job? = nil
  ) -> String {
    let key = [
      asset.file, overrides.physicalName ?? "", overrides.tenant ?? "",
      overrides.isOwn ? job?.root.file ?? "" : "",
    ].joined(separator: "\n")
    if let name = known[key] { return name }
    let plain = MeltanoImport.plain(asset.name)
    let name = free("contracts/\(plain)", or: "contracts/\(job?.stem ?? plain)-asset", ".odcs.yaml")
    let contract = asset.contract(overrides, &noted)
    let path = Paths.joined(output, "\(name).odcs.yaml")
    let modeline = ContractDraft.modeline(V1Asset.apiVersion) + "\n"
    files.append((path, modeline + YAMLWriter.text(.object(contract))))
    contracts.append(Made(path: path, from: asset.file, title: asset.object))
    noted.carried(asset.body, "the asset, as \(path)")
    let file = String("\(name).odcs.yaml".dropFirst("contracts/".count))
    known[key] = file
    return file
  }

  /// A name that no file has yet.
  private func free(_ name: String, or other: String, _ ending: String = ".yaml") -> String {
    func isTaken(_ name: String) -> Bool {
      files.contains { $0.path == Paths.joined(output, name + ending) }
    }
    if !isTaken(name) { return name }
    if !isTaken(other) { return other }
    return (2...).lazy.map { "\(other)-\($0)" }.first { !isTaken($0) } ?? other
  }

  private func write() throws(Failure) {
    for (path, _) in files where Paths.exists(path) {
      throw Failure(
        .usage,
        "\(path) is there already, and nothing was written",
        hint: "Name another folder with --output."
      )
    }
    guard !files.isEmpty else { return }
    let schema = Paths.joined(output, ".dativo/schemas/job.schema.json")
    try Project.write(schema, SchemaFile.job.text)
    for (path, text) in files { try Project.write(path, text) }
  }

  private static func modeline(_ schema: SchemaFile) -> String {
    "# yaml-language-server: $schema=.dativo/schemas/\(schema.rawValue).schema.json\n"
  }

  package var json: JSONValue {
    func list(_ made: [Made]) -> JSONValue {
      .array(
        made.map {
          ["file": .string($0.path), "from": .string($0.from), "title": .string($0.title)]
        }
      )
    }
    let counts = ImportNote.Status.allCases.map { status in
      (
        key: status.rawValue,
        value: JSONValue.number(JSONNumber(notes.count { $0.status == status }))
      )
    }
    return [
      "jobs": list(jobs), "contracts": list(contracts),
      "schedules": .array(schedules.map(\.json)),
      "counts": .object(JSONObject(counts)), "notes": .array(notes.map(\.json)),
    ]
  }
}
