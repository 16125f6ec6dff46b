internal import Contracts
package import JSON
internal import Posix
package import Wire

/// Holds data to a contract: `dativo contract test`.
///
/// The engine is `dativo-validate`, so that a test says what a run would. What needs the rows as a
/// table, such as rules in SQL, is asked of DuckDB.
package struct ContractTest {
  /// What the engine and DuckDB are told.
  package struct Options: Sendable {
    /// The object that all data are; nil where their names tell.
    package var object: String?
    /// Whether `mustBeBetween` includes its bounds.
    package var isInclusive = false
    /// How long one query may take.
    package var querySeconds = 60.0

    package init() {}
  }

  /// Reads the rows of a Parquet file one after another, each as an object, until one is answered
  /// with false.
  package typealias Rows = (
    DataFile, (JSONObject) throws(Failure) -> Bool
  ) throws(Failure) -> Void

  private let file: String
  private let contract: Contract
  private let options: Options
  /// What the contract's file should be corrected in.
  package let warnings: [Finding]

  /// Reads the contract; throws `Findings` where it is broken.
  package init(contract path: String, _ options: Options) throws {
    file = path
    self.options = options
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
    let findings = problems.map { Finding($0, file: path) }
    guard let contract else { throw Findings(findings) }
    self.contract = contract
    warnings = findings
    guard let name = options.object, object(named: name) == nil else { return }
    throw Failure(.usage, "the contract has no object \(name)", hint: known)
  }

  /// Whether an object of the contract may be called so.
  package func isObject(_ name: String) -> Bool { object(named: name) != nil }

  /// Reads all data once, and reports on every rule.
  package func run(
    _ data: [ContractData],
    rows: @escaping Rows
  ) throws(Failure) -> TestReport {
    let scratch = Scratch()
    defer { scratch.remove() }
    var objects: [ContractObject?] = []
    for data in data { objects.append(try object(of: data)) }
    let settings: JSONObject = [
      "between": options.isInclusive ? "inclusive" : "exclusive", "whole_dataset": true,
    ]
    let engine = try Engine(contract: file, settings: settings, scratch: scratch.path)
    var feed = Feed(engine, scratch: scratch.path, rows: rows)
    for (data, object) in zip(data, objects) { try feed.give(data, as: object) }
    let found = try engine.finish()
    var report = TestReport(contract, file: file, data: data.map(\.path))
    Verdicts(contract: contract, origins: feed.origins)
      .read(found, into: &report, nameStreams: objects.contains { $0 == nil })
    for (data, object) in zip(data, objects) where data.isTable {
      if let object { report.skipMasked(object, of: contract) }
    }
    let tables = Tables(zip(data, objects).compactMap { data, object in object.map { (data, $0) } })
    let queries = TableChecks(
      contract,
      tables,
      seconds: options.querySeconds,
      isInclusive: options.isInclusive,
      scratch: scratch.path
    )
    report.checks += try queries.checks()
    return report
  }

  // MARK: Which object data are

  private func object(of data: ContractData) throws(Failure) -> ContractObject? {
    if case .messages = data.form { return nil }
    if let name = options.object { return object(named: name) }
    if contract.objects.count == 1 { return contract.objects[0] }
    if let object = object(named: data.name) { return object }
    throw Failure(
      .usage,
      "\(data.path) could be any object of the contract",
      hint: "Add --object NAME. \(known)"
    )
  }

  private func object(named name: String) -> ContractObject? {
    let tests: [(String) -> Bool] = [
      { $0 == name }, { $0.lowercased() == name.lowercased() },
      { $0.split(separator: ".").last.map(String.init) == name },
    ]
    for test in tests {
      let found = contract.objects.first { object in
        [object.physicalName, object.name].compactMap(\.self).contains(where: test)
      }
      if let found { return found }
    }
    return nil
  }

  private var known: String {
    contract.objects.isEmpty
      ? "It describes no object."
      : "There are: \(contract.objects.map(\.name).joined(separator: ", "))."
  }
}
