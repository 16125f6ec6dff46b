internal import Children
internal import Contracts
package import JSON
internal import Posix
package import Wire

/// Tries everything that a run needs, without moving data: `dativo check`.
package struct JobCheck {
  /// One thing that was tried.
  package struct Step: Sendable {
    package let name: String
    /// What was found, or what was not tried and why.
    package let detail: String
    /// Nil where all is well.
    package let failure: Failure?

    /// One line, with a hint below where something is wrong.
    package var text: String {
      guard let failure else { return "✓ \(name): \(detail)" }
      let hint = failure.hint.map { "\n  -> \($0)" } ?? ""
      return Redactor.known.applied(to: "✗ \(name): \(failure.message)\(hint)")
    }

    package var json: JSONValue {
      [
        "name": .string(name), "ok": .bool(failure == nil),
        "detail": .string(Redactor.known.applied(to: failure?.message ?? detail)),
      ]
    }
  }

  private let job: Job
  /// What the tap offers, with the job's selection in it; nil where it has not told.
  private var offered: Catalog?
  package private(set) var steps: [Step] = []
  /// What is not wrong but unlikely to be meant.
  package private(set) var warnings: [Finding] = []

  package init(_ job: Job) { self.job = job }

  /// The first thing that failed.
  package var failure: Failure? { steps.lazy.compactMap(\.failure).first }

  package mutating func run(_ file: JobFile) {
    let job = job
    step("job", "\(job.tenant).\(job.name)") { _ throws(Failure) in }
    settings(file)
    contracts()
    step("validate") { _ throws(Failure) in
      guard let path = Executable.find("dativo-validate", from: job.folder, besides: true) else {
        throw Failure(
          .configuration,
          "dativo-validate is neither beside dativo nor on PATH",
          hint: "All executables of Dativo belong into one folder."
        )
      }
      return path
    }
    tap()
    target()
  }

  /// The configurations, against what the connectors say of themselves.
  private mutating func settings(_ file: JobFile) {
    let findings = file.settingsFindings(job)
    warnings += findings.filter { $0.severity == .warning }
    for finding in findings where finding.severity == .error {
      let failure = Failure(
        .configuration,
        "\(finding.place): \(finding.message)",
        hint: finding.hint
      )
      steps.append(Step(name: "settings", detail: "", failure: failure))
    }
  }

  private mutating func contracts() {
    let job = job
    let (paths, missing) = job.contractFiles()
    for entry in missing {
      step("contract") { _ throws(Failure) in
        throw Failure(
          .configuration,
          "\(entry) is no contract file",
          hint: job.contractHint(entry)
        )
      }
    }
    if paths.isEmpty, missing.isEmpty {
      step("contract", "none: the streams' own schemas hold") { _ throws(Failure) in }
    }
    for path in paths {
      let problems = (try? Files.read(path)).map { ContractFile.load($0).problems } ?? []
      let found = problems.map { Finding($0, file: path) }
      warnings += found.filter { $0.severity == .warning }
      step("contract", path) { _ throws(Failure) in
        let errors = Findings(found.filter { $0.severity == .error })
        if !errors.list.isEmpty { throw errors.failure }
      }
    }
  }

  private mutating func tap() {
    let job = job
    let patterns = job.select
    var told: Catalog?
    step("tap") { warnings throws(Failure) in
      let plugins = PluginCatalog(project: job.folder)
      let tap = try plugins.connector(job.source, .tap)
      for one in job.asked where tap.capabilities.contains("test") {
        try Discovery(
          try plugins.connector(one.source, .tap),
          config: one.source.config,
          environment: one.source.environment,
          folder: job.folder,
          secrets: SecretAccess(job),
          job: one
        ).test()
      }
      if job.isDivided, job.partitions.isEmpty, !tap.discovers || tap.catalogOption == nil {
        throw job.indivisible
      }
      guard tap.discovers else {
        let tried = tap.capabilities.contains("test") ? "answers" : "cannot be tried without a run"
        return "\(tap.executable) \(tried)"
      }
      let catalog = try Discovery.offered(by: job)
      for miss in Selection(patterns).unmatched(in: catalog) {
        warnings.append(Finding(.warning, miss.message, hint: miss.hint, file: job.file))
      }
      told = job.selected(catalog) { _, _ in }
      let count = catalog.streams.count
      return "\(tap.executable) offers \(Figures.things(count, "stream"))"
    }
    offered = told
  }

  private mutating func target() {
    let job = job
    step("target") { _ throws(Failure) in
      let target = try PluginCatalog(project: job.folder).connector(job.target, .target)
      guard target.capabilities.contains("test") else { return target.executable }
      try Discovery(
        target,
        .target,
        config: job.target.config,
        environment: job.target.environment,
        folder: job.folder,
        secrets: SecretAccess(job),
        job: job
      ).test()
      return "\(target.executable) answers"
    }
    if let destination = job.target.config["destination"]?.string, !destination.contains("://") {
      step("destination") { _ throws(Failure) in
        try Self.probe(Paths.absolute(destination, from: job.folder))
      }
    }
    let names = job.isDivided ? job.partNames(in: offered) : nil
    step("state") { _ throws(Failure) in
      guard !job.isDivided else {
        let parts = names?.map { job.divided(Job.Part(stream: $0, catalog: nil)) } ?? job.each
        var begun = 0
        for part in parts where try StateView(part).plan.entry.state != nil { begun += 1 }
        let count = Figures.things(parts.count, "part")
        return begun == 0 ? "\(count), none with a state yet" : "\(count), \(begun) with a state"
      }
      let entry = try StateView(job).plan.entry
      return entry.state == nil ? "none yet: everything is loaded" : "commit \(entry.sequence)"
    }
  }

  /// Creates and removes a file under a folder, or under the nearest one above it that is there.
  private static func probe(_ destination: String) throws(Failure) -> String {
    var folder = destination
    while !Paths.exists(folder), folder != "/" { folder = Files.folder(of: folder) }
    guard Paths.isFolder(folder) else {
      throw Failure(
        .io,
        "\(folder) is no folder",
        hint: "\"destination\" names a folder; it is created where it is missing."
      )
    }
    let path = "\(folder)/.dativo-probe.\(RunName.make())"
    do throws(PosixError) {
      try Files.write(path, [])
    } catch {
      throw Failure(
        .io,
        "\(folder) cannot be written to: \(error.reason)",
        hint: "Check who may write there."
      )
    }
    Files.remove(path)
    return folder == destination ? "\(destination) can be written" : "\(destination) can be created"
  }

  private mutating func step(
    _ name: String,
    _ detail: String,
    _ body: (inout [Finding]) throws(Failure) -> Void
  ) {
    step(name) { warnings throws(Failure) in
      try body(&warnings)
      return detail
    }
  }

  private mutating func step(
    _ name: String,
    _ body: (inout [Finding]) throws(Failure) -> String
  ) {
    do throws(Failure) {
      let detail = try body(&warnings)
      steps.append(Step(name: name, detail: detail, failure: nil))
    } catch {
      steps.append(Step(name: name, detail: "", failure: error))
    }
  }
}
