internal import JSON
internal import JSONSchema

/// Finds for each field of the contracts the policy that masks it.
struct MaskPlanner {
  private let policy: MaskPolicy?
  private let contracts: [Contract]
  private let denies: Bool
  private(set) var problems: [MaskPlan.Problem] = []
  /// The names of policies that concern some field, by the key that they stand under.
  private var used: [String: Set<String>] = [:]
  private var warned: Set<String> = []
  /// The actions by field, of the object at hand, and the fields' names as they are written.
  private var byField: [String: [MaskAction]] = [:]
  private var contract = 0
  private var objectName = ""

  init(_ policy: MaskPolicy?, _ contracts: [Contract], deniesUnlisted: Bool) {
    self.policy = policy
    self.contracts = contracts
    denies = deniesUnlisted
  }

  /// The tree of an object.
  mutating func root(contract: Int, object index: Int) -> MaskNode {
    let object = contracts[contract].objects[index]
    self.contract = contract
    objectName = object.name
    byField = [:]
    for entry in policy?.fields ?? [] {
      let names = Set([object.name, object.physicalName].compactMap(\.self))
      for name in names where entry.name.hasPrefix(name + ".") {
        let rest = String(entry.name.dropFirst(name.count + 1))
        for pointer in FieldPath.pointers(to: rest, in: object.properties) {
          byField[pointer, default: []].append(entry.action)
          used["fields", default: []].insert(entry.name)
        }
      }
    }
    var root = MaskNode(field: "", pointer: "", type: .object)
    root.children = object.properties.map { property in
      let node = node(property, "", property.field)
      if property.keyPosition != nil { checkKey(node, property) }
      return node
    }
    _ = root.finish()
    return root
  }

  private mutating func node(
    _ property: ContractProperty,
    _ parent: String,
    _ field: String
  ) -> MaskNode {
    let pointer = field == "*" ? parent + "/*" : Pointer.append(parent, field)
    var node = MaskNode(field: field, pointer: pointer, type: property.type)
    node.action = action(property, pointer)
    node.children = property.properties.map { self.node($0, pointer, $0.field) }
    node.items = property.items.map { self.node($0, pointer, "*") }
    node.isMap = property.type == .map
    if let key = property.mapKeys.first, let action = action(key, pointer + "/(key)") {
      node.keyAction = action
      if action != .hash, action != .drop {
        error(
          key,
          "the keys of the map \(name(pointer)) cannot be masked with \(action.name)",
          "A key can be hashed or dropped; or mask the map as a whole."
        )
      }
    }
    if let action = node.action, property.type != nil, !action.masks(property.type) {
      let type = property.type?.rawValue ?? ""
      warn(property, "\(action.name) makes null of \(name(pointer)): its type is \(type)")
    }
    return node
  }

  /// The action for a property; nil if its values pass.
  private mutating func action(_ property: ContractProperty, _ pointer: String) -> MaskAction? {
    let tags = (policy?.tags ?? []).filter { property.tags.contains($0.name) }
    for tag in tags { used["tags", default: []].insert(tag.name) }
    let byLabel = policy?.classifications.first { $0.name == property.classification }
    if let byLabel { used["classification", default: []].insert(byLabel.name) }
    let action =
      MaskAction.strictest(byField[pointer] ?? []) ?? property.mask
      ?? MaskAction.strictest(tags.map(\.action)) ?? byLabel?.action
      ?? unlisted(property, pointer)
    return action == .keep ? nil : action
  }

  /// What becomes of a property whose classification nobody has a policy for.
  private mutating func unlisted(
    _ property: ContractProperty,
    _ pointer: String
  ) -> MaskAction? {
    guard let label = property.classification, let policy, policy.coversClassifications else {
      return nil
    }
    let message =
      "the field \(name(pointer)) is classified \"\(label)\", and no masking policy covers that"
    switch policy.unlisted ?? (denies ? .deny : nil) {
    case .action(let action)?: return action
    case .allow?: return nil
    case .deny?:
      let near = Nearest.name(to: label, among: policy.classifications.map(\.name))
      error(
        property,
        message,
        near.map { "Is \"\($0)\" in masking.classification meant for it?" }
          ?? "Write masking.classification.\(label); keep lets it pass, and so does "
          + "default_classified: allow."
      )
    case nil:
      if warned.insert(label).inserted { warn(property, message + ": it passes as it is") }
    }
    return nil
  }

  private mutating func checkKey(_ node: MaskNode, _ property: ContractProperty) {
    guard let wrong = node.masked.first(where: { $0.action != .hash || $0.keyAction != nil })
    else { return }
    let action = wrong.action ?? wrong.keyAction ?? .null
    error(
      property,
      "the primary key \(name(node.pointer)) cannot be masked with \(action.name)",
      "Only hash keeps keys apart: write hash, or keep in the setting masking.fields."
    )
  }

  /// Names each policy that concerns no field.
  mutating func checkNames() {
    guard let policy else { return }
    let all = contracts.flatMap(\.objects).flatMap { FieldPath.all($0) }
    let known: [(String, [String], String, [String])] = [
      (
        "classification", policy.classifications.map(\.name), "no field is classified",
        all.compactMap(\.property.classification)
      ),
      ("tags", policy.tags.map(\.name), "no field has the tag", all.flatMap(\.property.tags)),
      ("fields", policy.fields.map(\.name), "no contract has the field", all.map(\.name)),
    ]
    for (key, names, message, candidates) in known {
      for name in names where used[key]?.contains(name) != true {
        let candidates = Set(candidates).sorted()
        let near = Nearest.name(to: name, among: candidates)
        let shown = candidates.prefix(8).joined(separator: ", ")
        problems.append(
          MaskPlan.Problem(
            severity: .error,
            place: .setting([key, name]),
            message: "\(message) \"\(name)\"",
            hint: near.map { "Did you mean \"\($0)\"?" }
              ?? (candidates.isEmpty ? "The contracts have none." : "The contracts have \(shown).")
          )
        )
      }
    }
  }

  /// A field as policies name it.
  private func name(_ pointer: String) -> String {
    objectName + "." + Pointer.steps(pointer).joined(separator: ".")
  }

  private mutating func error(_ property: ContractProperty, _ message: String, _ hint: String) {
    add(.error, property, message, hint)
  }

  private mutating func warn(_ property: ContractProperty, _ message: String) {
    add(.warning, property, message, nil)
  }

  private mutating func add(
    _ severity: Problem.Severity,
    _ property: ContractProperty,
    _ message: String,
    _ hint: String?
  ) {
    let mark = property.mark ?? YAMLNode.Mark(line: 1, column: 1)
    problems.append(
      MaskPlan.Problem(
        severity: severity,
        place: .contract(contract, mark),
        message: message,
        hint: hint
      )
    )
  }
}

extension MaskNode {
  /// The nodes that mask something by themselves, this one included.
  var masked: [MaskNode] {
    (isMasked || keyAction != nil ? [self] : []) + children.flatMap(\.masked)
      + items.flatMap(\.masked)
  }
}
