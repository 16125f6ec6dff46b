internal import Children
internal import Contracts
internal import JSON
internal import Posix
package import Wire

/// Everything that helps somebody else to see what went wrong, in one archive, without secrets.
///
/// Job files come as what was read of them: no comments, settings hidden by name, variables not
/// replaced. Run records come without STATE, logs as they were told. What this process knows to be
/// secret is then taken out of each file.
package struct SupportBundle {
  /// What is in the archive.
  package private(set) var names: [String] = []
  private let scratch = Scratch()
  private let root: String
  private let name: String

  /// The archive's folder, named `name`, filled from the project in `folder` with its newest `runs`.
  package init(folder: String, name: String, runs: Int) throws(Failure) {
    self.name = name
    root = "\(scratch.path)/\(name)"
    do throws(Failure) {
      let project = Paths.absolute(folder)
      let paths = (try? JobFile.paths(project)) ?? []
      // All jobs are read before anything is written: what one holds may stand in another's log.
      let files = paths.map { JobFile.read($0) }
      for file in files { Self.learn(file, project) }
      for file in files { try add("jobs/\(Self.last(file.path))", JobDigest(file).text) }
      try add("versions.json", versions(project).encoded(pretty: true) + "\n")
      for file in files {
        try add("doctor/\(Self.last(file.path)).txt", Doctor(folder: project, job: file).text)
      }
      if files.isEmpty { try add("doctor/project.txt", Doctor(folder: project).text) }
      if let lock = try? Files.read("\(project)/dativo.lock") {
        try add("dativo.lock", String(decoding: lock, as: UTF8.self))
      }
      try addRuns(of: Home.folder(of: project), runs)
    } catch {
      scratch.remove()
      throw error
    }
  }

  /// What connectors say of themselves to be secret, of a job that has mistakes, too.
  private static func learn(_ file: JobFile, _ project: String) {
    let catalog = PluginCatalog(project: project)
    for (end, role) in [("source", Plugin.Role.tap), ("target", .target)] {
      guard let node = file.root[end], let settings = node["config"]?.json.object else { continue }
      let words = node["command"]?.elements?.compactMap(\.text) ?? []
      let program = node[role.rawValue]?.text.map { Job.Program.plugin($0) } ?? .command(words)
      _ = try? catalog.connector(Job.Connector(program: program, config: settings), role)
    }
    if let job = file.job {
      _ = try? catalog.connector(job.source, .tap)
      _ = try? catalog.connector(job.target, .target)
    }
  }

  private static func last(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Writes the archive and removes the folder.
  package func write(_ path: String) throws(Failure) {
    defer { scratch.remove() }
    guard let tar = Executable.find("tar", from: scratch.path) else {
      throw Failure(.configuration, "tar is not on PATH", hint: "Install it: it packs the archive.")
    }
    let archive = "\(scratch.path)/bundle.tar.gz"
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        Command(
          tar,
          ["-czf", archive, "-C", scratch.path, name],
          environment: StageEnvironment.base,
          folder: scratch.path
        )
      )
    } catch {
      throw Failure(error)
    }
    guard capture.exit.isSuccess else {
      throw Failure(.io, "tar could not pack the archive", hint: capture.errorLines.last)
    }
    do throws(PosixError) {
      try Files.replace(path, Files.read(archive), mode: 0o600)
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error)")
    }
  }

  private mutating func add(_ name: String, _ text: String) throws(Failure) {
    let path = "\(root)/\(name)"
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      let clean = Redactor.known.applied(to: text)
      try Files.write(path, Array((clean.hasSuffix("\n") ? clean : clean + "\n").utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "the archive's files cannot be written: \(error)")
    }
    names.append(name)
  }

  private mutating func addRuns(of home: String, _ count: Int) throws(Failure) {
    let index = RunIndex(home: home)
    for row in try index.rows(RunIndex.Filter(limit: count)) {
      guard var record = try index.record(row.run).object else { continue }
      // STATE may hold what a source keeps to itself.
      record["state"] = nil
      try add("runs/\(row.run).json", JSONValue.object(record).encoded(pretty: true))
      let lines = index.log(row.run, stage: nil).map { $0.encoded() }
      if !lines.isEmpty { try add("runs/\(row.run).log.jsonl", lines.joined(separator: "\n")) }
    }
  }

  /// What runs here, in which version.
  private func versions(_ project: String) -> JSONValue {
    var object: JSONObject = ["system": .string(MachineCheck.description)]
    for name in [
      "dativo", "dativo-validate", "dativo-target-parquet", "dativo-tap-csv", "python3", "uv",
      "duckdb",
    ] {
      guard let path = Executable.find(name, from: project, besides: true) else { continue }
      object[name] = ProgramCheck.version(path).map { .string($0) }
    }
    object["variables"] = .array(
      Environment.all.map(\.name).filter { $0.hasPrefix("DATIVO_") }.sorted().map { .string($0) }
    )
    return .object(object)
  }
}
