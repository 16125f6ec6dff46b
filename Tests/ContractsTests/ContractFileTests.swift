import Contracts
import Testing

@Suite struct ContractFileTests {
  private let head =
    "apiVersion: v3.0.2\nkind: DataContract\nid: x\nversion: 1.10\nstatus: active\n"

  private func problems(_ text: String) -> [String] {
    ContractFile.load(head + text).problems.map { problem in
      "\(problem.line):\(problem.column) \(problem.severity): \(problem.message)"
    }
  }

  @Test func scalarsKeepTheirText() throws {
    let contract = try #require(ContractFile.load(head + "schema: []\n").contract)
    #expect(contract.version == "1.10")
    #expect(contract.sha256.count == 64)
  }

  @Test func anUnknownKeyIsAnErrorWithItsNearest() throws {
    let (contract, problems) = ContractFile.load(head + "schma: []\n")
    #expect(contract == nil)
    let problem = try #require(problems.first { $0.severity == .error })
    #expect((problem.line, problem.column) == (6, 1))
    #expect(problem.hint == "Did you mean \"schema\"?")
  }

  @Test(arguments: [
    ("logicalType: text", "8:39 error: unknown logicalType \"text\" of a"),
    (
      "logicalType: timestamp", "8:39 error: logicalType timestamp does not exist in v3.0.2"
    ),
    (
      "logicalType: string, logicalTypeOptions: {minLength: 3, maxLength: 2}",
      "8:93 error: maxLength 2 is less than minLength 3"
    ),
    (
      "logicalType: number, logicalTypeOptions: {multipleOf: 0}",
      "8:80 error: multipleOf is not above 0"
    ),
    (
      "logicalType: date, logicalTypeOptions: {format: yyyy-MM-ddTHH:mm:ssZ}",
      "8:74 warning: the date format yyyy-MM-ddTHH:mm:ssZ: an unquoted T is read as the letter itself: write 'T'"
    ),
  ])
  func propertiesAreChecked(property: String, expected: String) {
    let text = "schema:\n- name: o\n  properties: [{name: a, \(property)}]\n"
    #expect(problems(text).contains(expected), "\(problems(text))")
  }

  @Test func aDanglingElementIsAWarning() {
    let text =
      "schema:\n- {name: o}\nslaProperties:\n- {property: latency, value: 1, unit: d, element: o.x}\n"
    #expect(problems(text) == ["9:51 warning: o.x is no property of the contract's objects"])
  }

  @Test func duplicatesAreErrors() {
    let text =
      "schema:\n- name: o\n  properties:\n  - {name: a, logicalType: date}\n  - {name: a, logicalType: date}\n"
    #expect(problems(text) == ["10:12 error: the property \"a\" of o stands twice"])
  }

  @Test func aliasBombsAndBrokenTextAreProblemsNotCrashes() {
    #expect(ContractFile.load("a: [").contract == nil)
    #expect(ContractFile.load([0xFF, 0xFE]).problems.map(\.message) == ["the file is not UTF-8"])
    #expect(ContractFile.load("").problems.count == 1)
  }
}
