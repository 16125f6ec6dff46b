package import JSON

/// What a run masks of the objects of its contracts.
package struct MaskPlan: Sendable {
  /// Where the cause of a problem stands.
  package enum Place: Hashable, Sendable {
    /// The keys that lead to it in the setting `masking`.
    case setting([String])
    /// A place in the contract of that number.
    case contract(Int, YAMLNode.Mark)
  }

  /// What stands in the way of masking, or is worth a warning.
  package struct Problem: Hashable, Sendable {
    package let severity: Contracts.Problem.Severity
    package let place: Place
    package let message: String
    package let hint: String?
  }

  /// By contract and object: the tree of its fields; nil where nothing is masked.
  package private(set) var roots: [[MaskNode?]] = []
  package private(set) var problems: [Problem] = []

  /// Whether anything is masked.
  package var isEmpty: Bool { roots.allSatisfy { $0.allSatisfy { $0 == nil } } }

  /// Whether a key is needed.
  package var needsKey: Bool {
    roots.joined().contains { root in
      root?.all.contains { $0.action == .hash || $0.keyAction == .hash } ?? false
    }
  }

  /// Plans the masking of `contracts`: each field by its own policy in the setting, else by the
  /// contract's, else by its tags', else by its classification's.
  ///
  /// With `deniesUnlisted` a classified field without a policy is an error, unless the setting
  /// says otherwise.
  init(policy: MaskPolicy?, _ contracts: [Contract], deniesUnlisted: Bool) {
    var planner = MaskPlanner(policy, contracts, deniesUnlisted: deniesUnlisted)
    roots = contracts.indices.map { index in
      contracts[index].objects.indices.map { object in
        let root = planner.root(contract: index, object: object)
        return root.hasMask ? root : nil
      }
    }
    planner.checkNames()
    problems = planner.problems
  }

  /// What is wrong with the masks that contracts have by themselves.
  package static func ownProblems(_ contracts: [Contract]) -> [Problem] {
    Self(policy: nil, contracts, deniesUnlisted: false).problems
  }

  /// Reads the setting `masking` and plans by it; nothing is planned if it is wrong.
  package init(_ setting: JSONValue?, _ contracts: [Contract], deniesUnlisted: Bool) {
    var wrong: [MaskPolicy.Problem] = []
    let policy = setting.map { MaskPolicy($0, &wrong) }
    guard wrong.isEmpty else {
      self.init(policy: nil, [], deniesUnlisted: false)
      problems = wrong.map {
        Problem(severity: .error, place: .setting($0.path), message: $0.message, hint: $0.hint)
      }
      return
    }
    self.init(policy: policy, contracts, deniesUnlisted: deniesUnlisted)
  }
}
