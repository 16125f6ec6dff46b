internal import JSON
internal import JSONSchema

extension ContractDiff {
  /// What a job masks otherwise, since classifications or tags have changed.
  mutating func compareMasks(
    _ old: Contract,
    _ new: Contract,
    _ policy: JSONValue,
    of job: String
  ) {
    let actions = [old, new].map { Self.actions($0, policy) }
    let places = Set(actions[0].keys).union(actions[1].keys).sorted()
    for place in places where actions[0][place] != actions[1][place] {
      // What has no place in the other version is new, or gone, and told so.
      guard Self.has(place, old), Self.has(place, new) else { continue }
      let names = [actions[0], actions[1]].map { $0[place]?.name ?? "not at all" }
      // A mask of the contract's own is compared with the contract.
      let own = "\(place): dativo.mask"
      guard !changes.contains(where: { "\($0.place): \($0.message)".hasPrefix(own) }) else {
        continue
      }
      add(place, "\(job) masks it \(names[1]), and did \(names[0])", breaks: .readers)
    }
  }

  /// What is done to each field that is masked, by object and path.
  private static func actions(_ contract: Contract, _ policy: JSONValue) -> [String: MaskAction] {
    let plan = MaskPlan(policy, [contract], deniesUnlisted: false)
    var actions: [String: MaskAction] = [:]
    for (object, root) in zip(contract.objects, plan.roots.first ?? []) {
      for node in root?.all ?? [] where node.action != nil {
        let path = Pointer.steps(node.pointer).joined(separator: ".")
        actions["\(object.name).\(path)"] = node.action
      }
    }
    return actions
  }

  /// Whether the contract has a field at the path, whose first part is the object.
  private static func has(_ place: String, _ contract: Contract) -> Bool {
    contract.objects.contains { object in
      guard place.hasPrefix(object.name + ".") else { return false }
      let path = String(place.dropFirst(object.name.utf8.count + 1))
      return !FieldPath.pointers(to: path, in: object.properties).isEmpty
    }
  }
}
