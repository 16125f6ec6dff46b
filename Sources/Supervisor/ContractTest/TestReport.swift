internal import Contracts
package import JSON

/// What came of holding data to a contract.
package struct TestReport: Sendable {
  /// The contract's file, id and version.
  package let contract: (file: String, id: String, version: String)
  package let data: [String]
  package internal(set) var checks: [TestCheck] = []
  /// The records that were read, and those of them that broke a rule of severity error.
  package internal(set) var records = 0
  package internal(set) var violating = 0

  init(_ contract: Contract, file: String, data: [String]) {
    self.contract = (file, contract.id, contract.version)
    self.data = data
  }

  package func count(_ status: TestCheck.Status) -> Int { checks.count { $0.status == status } }

  package var hasFailed: Bool { checks.contains { $0.status == .failed } }

  /// Checks in words, such as `3 passed, 1 failed`.
  package var summary: String {
    let counts = [TestCheck.Status.passed, .failed, .warning, .skipped].compactMap { status in
      let number = count(status)
      let word = status == .warning && number != 1 ? "warnings" : status.rawValue
      return number > 0 ? "\(number) \(word)" : nil
    }
    let rows = "\(records) record\(records == 1 ? "" : "s"), \(violating) violating"
    return "\(counts.isEmpty ? "no checks" : counts.joined(separator: ", ")); \(rows)"
  }

  package var json: JSONValue {
    let counts = JSONObject(
      TestCheck.Status.allCases.map { (key: $0.rawValue, .number(JSONNumber(count($0)))) }
    )
    return [
      "contract": [
        "file": .string(contract.file), "id": .string(contract.id),
        "version": .string(contract.version),
      ],
      "data": .array(data.map { .string($0) }), "passed": .bool(!hasFailed),
      "records": .number(JSONNumber(records)), "violating": .number(JSONNumber(violating)),
      "summary": .object(counts), "checks": .array(checks.map(\.json)),
    ]
  }
}
