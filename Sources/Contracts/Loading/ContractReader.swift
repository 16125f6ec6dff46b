/// Reads a contract out of its YAML, gathering every problem on the way.
struct ContractReader {
  var problems: [Problem] = []

  mutating func read(_ root: YAMLNode) -> Contract? {
    guard case .mapping = root else {
      problems.append(Problem(.error, root.mark, "the contract is not a mapping"))
      return nil
    }
    return nil
  }
}
