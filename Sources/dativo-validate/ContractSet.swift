import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Posix
import Wire

/// The contracts of a run, and which of their objects a stream is.
struct ContractSet {
  /// An object with the contract that it comes from.
  struct Entry {
    let contract: Contract
    let object: ContractObject
    /// The object's fields, if any of them is masked.
    let mask: MaskNode?
    let drift: DriftPolicy

    /// The object, compiled as the settings ask; of an incremental stream only changes come.
    func check(_ settings: Settings, isIncremental: Bool) -> ObjectCheck {
      ObjectCheck(
        object,
        refusesUnknown: settings.refusesUnknown || drift.columns == .quarantine,
        looksForUnknown: drift.columns == .discard || drift.columns == .freeze,
        narrowsTypes: !settings.admitsMisfits,
        view: view(settings, isIncremental),
        inclusiveBetween: settings.inclusiveBetween,
        capturing: StreamMasking.captured(mask),
        isMasked: { mask?.masks($0) ?? false }
      )
    }

    private func view(_ settings: Settings, _ isIncremental: Bool) -> ObjectCheck.View {
      let scope = contract.settings["dativo.scope"]
      if settings.isWholeDataset || scope == "run" { return .whole }
      return isIncremental ? .changes : scope == "dataset" ? .part : .whole
    }
  }

  private(set) var entries: [Entry] = []
  /// Whether there is any contract, be it without objects.
  private(set) var isEmpty = true
  /// Whether any field of any stream is masked.
  private(set) var isMasking = false
  /// Whether masking needs a key.
  private(set) var needsMaskKey = false

  init(_ settings: Settings) throws(Failure) {
    var paths = settings.contracts
    if let folder = settings.folder { paths += try Self.files(in: folder) }
    var errors: [String] = []
    var loaded: [(path: String, contract: Contract)] = []
    for path in paths {
      let bytes: [UInt8]
      do throws(PosixError) {
        bytes = try Files.read(path)
      } catch {
        throw Failure(
          .configuration,
          "the contract \(path) cannot be read: \(error.reason)",
          hint: "--contract takes the path of an ODCS file."
        )
      }
      let (contract, problems) = ContractFile.load(bytes)
      for problem in problems {
        let hint = problem.hint.map { " (\($0))" } ?? ""
        let line = "\(path):\(problem.line):\(problem.column): \(problem.message)\(hint)"
        if problem.severity == .error { errors.append(line) } else { Log.warning(line) }
      }
      guard let contract else { continue }
      if contract.status == "retired" {
        errors.append("\(path): the contract is retired: what it described is no longer promised")
      }
      isEmpty = false
      loaded.append((path, contract))
    }
    if let problem = settings.severities.problems(loaded.map(\.contract)).first, errors.isEmpty {
      throw settings.failure(problem)
    }
    if errors.isEmpty { errors = try plan(loaded, settings) }
    for line in errors.dropFirst() { Log.error(line) }
    if let first = errors.first {
      let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
      throw Failure(.configuration, first + more, hint: "Correct it, then run again.")
    }
  }

  /// Makes the entries, with what is masked of each; returns what is wrong with that.
  private mutating func plan(
    _ loaded: [(path: String, contract: Contract)],
    _ settings: Settings
  ) throws(Failure) -> [String] {
    if loaded.isEmpty, settings.masking != nil {
      throw Failure(
        .configuration,
        "\(settings.place("masking")): masking without a contract masks nothing",
        hint: "Name the contract of the fields with --contract."
      )
    }
    let plan = MaskPlan(
      settings.masking,
      loaded.map(\.contract),
      deniesUnlisted: settings.mode == .strict
    )
    var errors: [String] = []
    for problem in plan.problems {
      let place =
        switch problem.place {
        case .setting(let path): settings.place(["masking"] + path)
        case .contract(let index, let mark): "\(loaded[index].path):\(mark.line):\(mark.column)"
        }
      let hint = problem.hint.map { " (\($0))" } ?? ""
      let line = "\(place): \(problem.message)\(hint)"
      if problem.severity == .error { errors.append(line) } else { Log.warning(line) }
    }
    guard errors.isEmpty else { return errors }
    isMasking = !plan.isEmpty
    needsMaskKey = plan.needsKey
    for (index, file) in loaded.enumerated() {
      for (number, object) in file.contract.objects.enumerated() {
        let mask = plan.roots[index][number]
        var drift = settings.drift
        // The reader of the contract has refused what is wrong with it.
        if let own = file.contract.drift { try? drift.apply(own) }
        entries.append(
          Entry(contract: file.contract, object: object, mask: mask, drift: drift)
        )
      }
    }
    return []
  }

  /// Whether a rule of severity error is judged at the end of a stream, so that no STATE may leave
  /// before; `dativo.endRules: report` in a contract gives that up.
  func hasBindingEndRules(_ settings: Settings) -> Bool {
    entries.contains { entry in
      guard entry.contract.settings["dativo.endRules"] != "report" else { return false }
      let severities = settings.severities.of(entry.object)
      let rules = entry.check(settings, isIncremental: false).endRules.contains { end in
        severities.severity(of: end.rule.name, at: end.pointer).map { $0 == .error }
          ?? !end.rule.isWarning
      }
      let promises = Freshness.of(entry.contract, entry.object).found
      return rules
        || promises.contains { promise in
          severities.severity(of: promise.rule, at: Pointer.append("", promise.field)) == .error
        }
    }
  }

  private static func files(in folder: String) throws(Failure) -> [String] {
    let names: [String]
    do throws(PosixError) {
      names = try Files.names(in: folder)
    } catch {
      throw Failure(.configuration, "the folder \(folder) cannot be read: \(error.reason)")
    }
    let contracts = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    if contracts.isEmpty {
      throw Failure(.configuration, "the folder \(folder) has no contract (*.yaml, *.yml) in it")
    }
    return contracts.map { "\(folder)/\($0)" }
  }

  /// The object that `stream` carries: by physicalName, then name, then with its namespace.
  ///
  /// Throws where several fit equally well.
  func entry(for stream: String) throws(Failure) -> Entry? {
    let base = stream.split(whereSeparator: { $0 == "." || $0 == "-" }).last.map(String.init)
    func isSuffix(_ object: ContractObject) -> Bool {
      [object.physicalName, object.name].compactMap(\.self).contains { name in
        name == base || name.split(separator: ".").last.map(String.init) == stream
          || name.split(separator: ".").joined(separator: "-") == stream
      }
    }
    let tests: [(ContractObject) -> Bool] = [
      { $0.physicalName == stream }, { $0.name == stream }, isSuffix,
      { $0.name.lowercased() == stream.lowercased() },
      { $0.physicalName?.lowercased() == stream.lowercased() },
    ]
    for (index, test) in tests.enumerated() {
      let found = entries.filter { test($0.object) }
      if found.count > 1 {
        let names = found.map { "\($0.object.name) of \($0.contract.id)" }.joined(separator: ", ")
        throw Failure(
          .configuration,
          "the stream \(stream) could be \(names)",
          hint: "Give one of them physicalName: \(stream)."
        )
      }
      guard let entry = found.first else { continue }
      if ![entry.object.name, entry.object.physicalName].contains(stream), index > 2 {
        Log.warning(
          "the stream \(stream) is taken for the object \(entry.object.name): letters differ in case"
        )
      }
      return entry
    }
    return nil
  }
}
