internal import Contracts
internal import JSON
internal import JSONSchema
internal import Wire

/// The rules that need the rows as a table: SQL, relationships, service levels.
///
/// One that cannot be evaluated is `skipped` with the reason, never passed.
struct TableChecks {
  let contract: Contract
  private let tables: Tables
  private let seconds: Double
  private let isInclusive: Bool
  private let scratch: String

  init(
    _ contract: Contract,
    _ tables: Tables,
    seconds: Double,
    isInclusive: Bool,
    scratch: String
  ) {
    self.contract = contract
    self.tables = tables
    self.seconds = seconds
    self.isInclusive = isInclusive
    self.scratch = scratch
  }

  private var isMasking: Bool { !MaskPlan(nil, [contract], deniesUnlisted: false).isEmpty }

  func checks() throws(Failure) -> [TestCheck] {
    let isMasking = isMasking
    let queries = queries + relationships + levels
    guard !queries.isEmpty else { return [] }
    let (engine, obstacle) = try open(needed: Set(queries.flatMap(\.objects)))
    var checks: [TestCheck] = []
    for query in queries {
      var check = query.check
      let missing = query.objects.lazy.compactMap { name in
        contract.objects.first { $0.name == name }.flatMap(tables.obstacle)
      }.first
      if let reason = query.refusal {
        check.fail(reason, isWarning: query.isWarning)
      } else if let reason = query.obstacle ?? missing ?? obstacle {
        check.skip(reason)
      } else if let engine {
        judge(&check, query, try engine.run(query.text))
        // The result of a query of the contract's, or DuckDB's complaint about it, may be a value
        // that is to be masked.
        if isMasking, !query.isOurs {
          check.message =
            "expected \(expectation(query)); what came is withheld, since fields are masked"
        }
      }
      checks.append(check)
    }
    return checks
  }

  /// DuckDB with a view for each object that can be queried, or why there is none.
  private func open(needed: Set<String>) throws(Failure) -> (DuckDB?, String?) {
    let objects = contract.objects.filter {
      needed.contains($0.name) && tables.obstacle($0) == nil
    }
    guard !objects.isEmpty else { return (nil, nil) }
    guard let program = DuckDB.program else {
      return (nil, "DuckDB is neither on PATH nor named by DATIVO_DUCKDB")
    }
    var views: [(name: String, files: [String], isPartitioned: Bool)] = []
    for object in objects {
      let bare = object.physicalName?.split(separator: ".").last.map(String.init)
      for name in [object.name, object.physicalName, bare].compactMap(\.self)
      where !views.contains(where: { $0.name.lowercased() == name.lowercased() }) {
        views.append((name, tables.files(object), tables.hasPathValues(object)))
      }
    }
    let engine = try DuckDB(program, views: views, scratch: scratch, seconds: seconds)
    switch try engine.run("SELECT 1") {
    case .value, .shapeless: return (engine, nil)
    case .refused(let reason): return (nil, "DuckDB cannot open the data: \(reason)")
    case .late: return (nil, "DuckDB does not answer")
    }
  }

  private func judge(_ check: inout TestCheck, _ query: TableQuery, _ outcome: DuckDB.Outcome) {
    func fail(_ message: String) { check.fail(message, isWarning: query.isWarning) }
    let value: JSONValue
    switch outcome {
    case .refused(let reason) where query.isOurs: return check.skip("DuckDB refuses: \(reason)")
    case .refused(let reason): return fail("the query does not run: \(reason)")
    case .shapeless(let reason) where query.isOurs: return check.skip(reason)
    case .shapeless(let reason): return fail(reason)
    case .late: return check.skip("the query took more than \(Int(seconds)) seconds")
    case .value(nil): return fail("the query has no row")
    case .value(.null?) where query.isOurs: return check.skip("there are no values")
    case .value(let found?): value = found
    }
    let isFine: Bool
    if let expected = query.mustBe ?? query.mustNotBe {
      guard (value.bool == nil) == (expected.bool == nil) else {
        let kind = expected.bool == nil ? "no text" : "neither true nor false"
        return fail("\(value.encoded()) is \(kind)")
      }
      isFine = (value == expected) == (query.mustBe != nil)
    } else {
      // Decimals and wide integers come as text.
      guard let number = value.number ?? value.string.flatMap({ JSONNumber($0) }) else {
        return fail("\(value.encoded()) is no number")
      }
      isFine = query.comparisons.allSatisfy { $0.accepts(number, inclusiveBetween: isInclusive) }
    }
    let shown = "\(value.string ?? value.encoded())\(query.isPercent ? " percent" : "")"
    let message = "\(shown), expected \(expectation(query))"
    if isFine { check.message = message } else { fail(message) }
  }

  private func expectation(_ query: TableQuery) -> String {
    if let words = query.words { return words }
    if let expected = query.mustBe { return expected.encoded() }
    if let refused = query.mustNotBe { return "anything but \(refused.encoded())" }
    return query.comparisons.map { $0.text(inclusiveBetween: isInclusive) }
      .joined(separator: " and ")
  }

  // MARK: SQL

  private var queries: [TableQuery] {
    contract.objects.flatMap { object in
      object.rules.compactMap { query($0, object, nil) }
        + object.properties.flatMap { property in
          property.rules.compactMap { query($0, object, property) }
        }
    }
  }

  private func query(
    _ rule: QualityRule,
    _ object: ContractObject,
    _ property: ContractProperty?
  ) -> TableQuery? {
    guard let source = rule.query else { return nil }
    let pointer = property.map { Pointer.append("", $0.field) } ?? ""
    var query = TableQuery(
      check: TestCheck(object: object.name, rule: rule.name, pointer: pointer),
      objects: [object.name]
    )
    query.check.title = rule.title ?? Self.beginning(of: source)
    query.comparisons = rule.comparisons
    query.mustBe = rule.mustBe
    query.mustNotBe = rule.mustNotBe
    query.isPercent = rule.isPercent
    query.isWarning = rule.isWarning
    if rule.comparisons.isEmpty, rule.mustBe == nil, rule.mustNotBe == nil {
      query.obstacle = "no operator such as mustBe is given"
    }
    do throws(QueryText.Refusal) {
      query.text = try QueryText(source, table: object.name, column: property?.field).text
    } catch {
      query.refusal = "the query is refused: \(error.reason)"
    }
    return query
  }
}

extension TableChecks {
  /// The first words of a query, by which it is told from others.
  private static func beginning(of query: String) -> String {
    let line = QualityRule.line(query)
    guard line.count > 60 else { return line }
    let words = line.prefix(60)
    return "\(words[..<(words.lastIndex(of: " ") ?? words.endIndex)]) …"
  }
}

extension TestCheck {
  mutating func skip(_ reason: String) {
    status = .skipped
    message = reason
  }

  mutating func fail(_ reason: String, isWarning: Bool) {
    status = isWarning ? .warning : .failed
    count = 1
    message = reason
  }
}
