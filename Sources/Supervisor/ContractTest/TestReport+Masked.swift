internal import Contracts
internal import JSONSchema

extension TestReport {
  /// Takes back what was found wrong with masked columns of a loaded table: their values are not
  /// those that the rules are about.
  mutating func skipMasked(_ object: ContractObject, of contract: Contract) {
    guard let place = contract.objects.firstIndex(where: { $0.name == object.name }),
      let root = MaskPlan(nil, [contract], deniesUnlisted: false).roots[0][place]
    else { return }
    let masked = Set(root.children.filter(\.hasMask).map(\.field))
    for index in checks.indices where checks[index].object == object.name {
      guard let field = Pointer.steps(checks[index].pointer).first, masked.contains(field),
        checks[index].status == .failed || checks[index].status == .warning
      else { continue }
      checks[index].skip("the column is masked: its values are not those that the rule is about")
      checks[index].count = 0
    }
  }
}
