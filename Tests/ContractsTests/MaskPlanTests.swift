import Contracts
import JSON
import Testing

/// What masking plans say of fields, and what they let be told.
struct MaskPlanTests {
  private let contract = """
    apiVersion: v3.2.0
    kind: DataContract
    id: c
    version: 1.0.0
    status: active
    schema:
    - name: o
      properties:
      - {name: id, logicalType: integer}
      - name: address
        logicalType: object
        properties: [{name: street, logicalType: string}, {name: city, logicalType: string}]
      - {name: free, logicalType: object}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: sku, logicalType: string}]}
      - name: labels
        logicalType: map
        map: {key: {name: k, logicalType: string, classification: pii}, value: {name: v, logicalType: integer}}
    """

  private func root() throws -> MaskNode {
    let loaded = try #require(ContractFile.load(contract).contract)
    let masking: JSONValue = [
      "classification": ["pii": "hash"],
      "fields": ["o.address.street": "redact", "o.free": "null", "o.lines.*.sku": "drop"],
    ]
    let plan = MaskPlan(masking, [loaded], deniesUnlisted: true)
    #expect(plan.problems.isEmpty)
    #expect(plan.needsKey)
    return try #require(plan.roots[0][0])
  }

  @Test(
    arguments: [
      ("/id", "/id", true), ("/address/city", "/address/city", true),
      ("/address/street", "/address/street", false), ("/address", "/address", false),
      ("/address/other", "/address/other", false), ("/free", "/free", false),
      ("/free/ann@example.com/x", "/free", false), ("/lines/3/sku", "/lines/3/sku", false),
      ("/lines/3/sku/deep", "/lines/3/sku", false), ("/lines/3/n", "/lines/3/n", false),
      ("/labels/ann@example.com", "/labels/*", false), ("/Id", "/Id", false), ("", "", false),
    ]
  )
  func findingsTellNoMaskedValueAndNoNameBelowOne(
    pointer: String,
    shown: String,
    showsValue: Bool
  ) throws {
    let disclosure = try root().disclosure(of: pointer)
    #expect(disclosure.pointer == shown)
    #expect(disclosure.showsValue == showsValue)
  }

  @Test func aWrongPolicyPlansNothing() throws {
    let loaded = try #require(ContractFile.load(contract).contract)
    let plan = MaskPlan(["fields": ["o.id": "hsah"]], [loaded], deniesUnlisted: true)
    #expect(plan.problems.map(\.message) == ["unknown masking action \"hsah\""])
    #expect(plan.problems.first?.place == .setting(["fields", "o.id"]))
    #expect(plan.isEmpty)
  }
}
