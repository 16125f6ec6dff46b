internal import Children
internal import JSON
internal import Posix
package import Wire

/// Looks up what a job names: programs, capabilities, contract files, and what the tap offers.
package struct Preparation {
  private let job: Job
  private let tap: Connector
  private let target: Connector
  private let home: String
  /// Where configurations may lie while a tap is asked.
  private let folder: String
  private let interrupt: Int32?
  private let warn: (String) -> Void

  /// `interrupt` is a descriptor that becomes readable when the user asks to end.
  package init(
    _ job: Job,
    tap: Connector,
    target: Connector,
    folder: String,
    interrupt: Int32? = nil,
    warn: @escaping (String) -> Void = { _ in }
  ) {
    self.job = job
    self.tap = tap
    self.target = target
    home = Home.folder(job)
    self.folder = folder
    self.interrupt = interrupt
    self.warn = warn
  }

  /// All parts of the job's plans.
  package func parts() throws(Failure) -> Plan.Parts {
    guard let validate = Executable.find("dativo-validate", from: job.folder, besides: true) else {
      throw Failure(
        .configuration,
        "dativo-validate is neither beside dativo nor on PATH",
        hint: "All executables of Dativo belong into one folder."
      )
    }
    let (contracts, missing) = job.contractFiles()
    guard missing.isEmpty else {
      throw Failure(
        .configuration,
        "\(job.file): no such contract: \(missing.joined(separator: ", "))",
        hint: "Paths start from the folder of the job file."
      )
    }
    var catalog: Catalog?
    if tap.discovers, tap.catalogOption != nil { catalog = try discover(tap) }
    if let found = catalog { catalog = try selected(found, tap) }
    if catalog == nil, !job.select.isEmpty {
      throw Failure(
        .configuration,
        "\(job.file): \"select\" needs a tap that tells its streams, and \(tap.name) does not",
        hint: "Remove \"select\", or select streams in the tap's own configuration."
      )
    }
    return Plan.Parts(
      tap: tap,
      target: target,
      validate: validate,
      catalog: catalog,
      contracts: contracts,
      home: home
    )
  }

  /// What the tap offers.
  private func discover(_ tap: Connector) throws(Failure) -> Catalog {
    let path = "\(folder)/discover.config.json"
    try PrivateFile.write(path, .object(job.source.config))
    defer { Files.remove(path) }
    let capture = try capture(
      tap.executable,
      tap.arguments + ["--config", path, "--discover"],
      job.source.environment,
      seconds: 600
    )
    if capture.exit.isSuccess, capture.cut == nil,
      let catalog = (try? JSONValue.parse(capture.stdout)).flatMap(Catalog.init)
    {
      return catalog
    }
    let lines = capture.errorLines
    if let note = lines.last.flatMap(ExitNote.init(line:)) {
      let kind = ExitCode(rawValue: note.code).kind ?? .bug
      throw Failure(kind, "\(tap.name) --discover: \(note.message)", hint: note.hint)
    }
    let reason =
      switch capture.cut {
      case .late?: "did not answer within 10 minutes"
      case .unwanted?: "printed messages in place of a catalog"
      default:
        capture.exit.isSuccess
          ? "printed no catalog" : "exited with \(capture.exit.shellCode)"
      }
    throw Failure(
      ExitCode(rawValue: capture.exit.shellCode).kind ?? .plugin(1),
      "\(tap.name) --discover \(reason)",
      hint: lines.suffix(5).joined(separator: "\n     ")
    )
  }

  private func selected(_ catalog: Catalog, _ tap: Connector) throws(Failure) -> Catalog {
    var catalog = catalog
    if job.select.isEmpty {
      for index in catalog.streams.indices { catalog.streams[index].select(true) }
    } else {
      let selection = Selection(job.select)
      for miss in selection.unmatched(in: catalog) {
        warn("\(job.file): \(miss.message)" + (miss.hint.map { ". \($0)" } ?? ""))
      }
      catalog = selection.apply(to: catalog)
    }
    guard catalog.streams.contains(where: \.isSelected) else {
      throw Failure(
        .configuration,
        catalog.streams.isEmpty
          ? "\(tap.name) offers no streams" : "\(job.file): \"select\" leaves no stream to load",
        hint: catalog.streams.isEmpty
          ? nil : "It offers \(catalog.streams.map(\.tapStreamID).joined(separator: ", "))."
      )
    }
    return catalog
  }

  private func capture(
    _ executable: String,
    _ arguments: [String],
    _ environment: [String: String],
    seconds: Double
  ) throws(Failure) -> Capture {
    let command = Command(
      executable,
      arguments,
      environment: StageEnvironment.base.merging(environment) { $1 },
      folder: job.folder
    )
    let capture: Capture
    do throws(SpawnError) {
      capture = try Capture.run(
        command,
        seconds: seconds,
        interrupt: interrupt,
        isWanted: { !Self.isMessages($0) }
      )
    } catch {
      throw Failure(error)
    }
    if capture.cut == .interrupted { throw Failure(.signal(Signal.interrupt), "interrupted") }
    return capture
  }

  /// Whether output begins like a stream: a tap that does not know `--discover` may just run.
  private static func isMessages(_ output: [UInt8]) -> Bool {
    guard let feed = output.prefix(1 << 16).firstIndex(of: 0x0A) else { return false }
    let first = try? JSONValue.parse(Array(output[..<feed]))
    return first?["type"]?.string != nil
  }
}
