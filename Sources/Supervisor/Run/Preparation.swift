internal import Children
internal import Posix
package import Wire

/// Looks up what a job names: programs, capabilities, contract files, and what the tap offers.
package struct Preparation {
  private let job: Job
  private let tap: Connector
  private let target: Connector
  private let home: String
  private let secrets: SecretAccess
  private let interrupt: Int32?
  /// When the tap must have answered; nil for the common patience.
  let deadline: UInt64?
  private let warn: (String) -> Void

  /// `interrupt` is a descriptor that becomes readable when the user asks to end.
  package init(
    _ job: Job,
    tap: Connector,
    target: Connector,
    secrets: SecretAccess? = nil,
    interrupt: Int32? = nil,
    deadline: UInt64? = nil,
    warn: @escaping (String) -> Void = { _ in }
  ) {
    self.job = job
    self.tap = tap
    self.target = target
    home = Home.folder(job)
    self.secrets = secrets ?? SecretAccess(job)
    self.interrupt = interrupt
    self.deadline = deadline
    self.warn = warn
  }

  /// All parts of the job's plans; the tap is asked for its streams unless it is not to run.
  package func parts(discovers: Bool = true) throws(Failure) -> Plan.Parts {
    guard let validate = Executable.find("dativo-validate", from: job.folder, besides: true) else {
      throw Failure(
        .configuration,
        "dativo-validate is neither beside dativo nor on PATH",
        hint: "All executables of Dativo belong into one folder."
      )
    }
    let contracts = try job.wholeContracts()
    try job.refuseContractsOfOthers()
    var catalog: Catalog?
    if discovers, tap.discovers, tap.catalogOption != nil {
      if let path = job.part?.catalog {
        catalog = try PartCatalog(path).catalog
      } else {
        catalog = try discover(tap)
      }
    }
    if let found = catalog { catalog = try selected(found, tap) }
    if discovers, catalog == nil, !job.select.isEmpty {
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
    try Discovery(
      tap,
      config: job.source.config,
      environment: job.source.environment,
      folder: job.folder,
      secrets: secrets,
      interrupt: interrupt,
      job: job
    ).catalog(seconds: min(patience, Discovery.patience))
  }

  private var patience: Double {
    guard let deadline else { return Discovery.patience }
    let now = Clock.monotonic
    return now < deadline ? Double(deadline - now) / 1e9 : 0
  }

  private func selected(_ catalog: Catalog, _ tap: Connector) throws(Failure) -> Catalog {
    var catalog = job.selected(catalog) { message, hint in
      warn("\(job.file): \(message)" + (hint.map { ". \($0)" } ?? ""))
    }
    if let part = job.part, job.partitions.isEmpty {
      catalog = catalog.narrowed(to: part.stream)
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
}
