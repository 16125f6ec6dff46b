internal import JSON

/// What the contract says as a whole.
extension ContractDiff {
  mutating func compareSections(_ old: Contract, _ new: Contract) {
    compareLevels(old, new)
    compareServers(old.document["servers"]?.array ?? [], new.document["servers"]?.array ?? [])
    if old.tenant?.lowercased() != new.tenant?.lowercased() {
      let names = [old.tenant, new.tenant].map { $0 ?? "none" }
      // A run of another tenant is refused.
      let breaks: ContractChange.Breaks = new.tenant == nil ? .readers : .all
      add("tenant", "changed from \(names[0]) to \(names[1])", breaks: breaks)
    }
    if new.status == "retired", old.status != "retired" {
      add("status", "the contract is retired: no run takes it", breaks: .all)
    } else if old.status != new.status {
      addWords("status", "changed from \(old.status ?? "none") to \(new.status ?? "none")")
    }
    for section in Self.differing(old.document, new.document, handled: Self.handledOfContracts) {
      addWords(section, "changed")
    }
    compareSettings(old, new)
  }

  // MARK: Service levels

  private mutating func compareLevels(_ old: Contract, _ new: Contract) {
    let before = changes.count
    for level in old.serviceLevels where !new.serviceLevels.contains(where: { $0 == level }) {
      let place = "slaProperties.\(level.name)"
      guard let other = new.serviceLevels.first(where: { $0.concernsWhat(level) }) else {
        add(place, "was removed", breaks: .readers)
        continue
      }
      guard other.value != level.value || other.unit != level.unit else { continue }
      let isBetter = other.keeps(level)
      let text = "changed from \(level.promise) to \(other.promise)"
      add(place, text, breaks: isBetter ? [] : .readers)
    }
    for level in new.serviceLevels
    where !old.serviceLevels.contains(where: { $0.concernsWhat(level) }) {
      add("slaProperties.\(level.name)", "is new: \(level.promise)", breaks: [])
    }
    let lists = [old, new].map { Set($0.document["slaProperties"]?.array ?? []) }
    if changes.count == before, lists[0] != lists[1] {
      addWords("slaProperties", "described otherwise")
    }
  }

  // MARK: Servers

  private mutating func compareServers(_ old: [JSONValue], _ new: [JSONValue]) {
    func find(_ server: JSONValue, among servers: [JSONValue]) -> JSONValue? {
      servers.first { $0["server"] == server["server"] }
    }
    for server in old {
      let place = "servers.\(server["server"]?.string ?? "")"
      guard let other = find(server, among: new) else {
        add(place, "was removed", breaks: .readers)
        continue
      }
      let words: Set = ["description", "roles", "customProperties", "id", "environment"]
      for key in Self.differing(server, other, handled: words) where !words.contains(key) {
        add(place, "\(key) changed", breaks: .readers)
      }
      for key in Self.differing(server, other, handled: []) where words.contains(key) {
        addWords(place, "\(key) changed")
      }
    }
    for server in new where find(server, among: old) == nil {
      add("servers.\(server["server"]?.string ?? "")", "is new", breaks: [])
    }
  }

  // MARK: What Dativo reads

  private mutating func compareSettings(_ old: Contract, _ new: Contract) {
    // Of rules of rows a run judges fewer (`dataset`), and of what they find it tells (`report`).
    for (known, mild) in [(Extension.scope, "dataset"), (.endRules, "report")] {
      let (before, after) = (old.settings[known.rawValue], new.settings[known.rawValue])
      guard before != after else { continue }
      let texts = [before, after].map { $0 ?? "none" }
      let scope = ValueScope(narrows: before == mild, widens: after == mild)
      add(known.rawValue, "changed from \(texts[0]) to \(texts[1])", breaks: scope.breaks)
    }
    guard old.drift != new.drift else { return }
    let policies = [old, new].map { contract in
      var policy = DriftPolicy()
      if let drift = contract.drift { try? policy.apply(drift) }
      return policy
    }
    let kinds: [(String, KeyPath<DriftPolicy, DriftPolicy.Action>)] = [
      ("columns", \.columns), ("types", \.types),
    ]
    for (name, path) in kinds {
      compareDrift(name, policies[0][keyPath: path], policies[1][keyPath: path])
    }
    compareDrift("tables", policies[0].tables, policies[1].tables)
  }

  private mutating func compareDrift(
    _ name: String,
    _ old: DriftPolicy.Action?,
    _ new: DriftPolicy.Action?
  ) {
    guard old != new else { return }
    let texts = [old, new].map { $0?.rawValue ?? "none" }
    let isStrict = [old, new].map { $0 == .freeze || $0 == .quarantine }
    var scope = ValueScope(
      narrows: !isStrict[0] && isStrict[1],
      widens: isStrict[0] && !isStrict[1] && name == "types"
    )
    // What is left out was there before.
    if new == .discard { scope = scope.and(.wider) }
    let message = "\(name) changed from \(texts[0]) to \(texts[1])"
    add(Extension.drift.rawValue, message, breaks: scope.breaks)
  }
}

extension ServiceLevel {
  /// What is promised, in words.
  package var promise: String {
    "\(value.string ?? value.encoded())\(unit.map { " \($0)" } ?? "")"
      + (elements.isEmpty ? "" : " for \(elements.joined(separator: ", "))")
  }

  /// Whether it is the same promise about the same elements, be it another amount.
  fileprivate func concernsWhat(_ other: ServiceLevel) -> Bool {
    name.lowercased() == other.name.lowercased() && Set(elements) == Set(other.elements)
  }

  /// Whether who was promised `other` has it still.
  fileprivate func keeps(_ other: ServiceLevel) -> Bool {
    let amounts = [other, self].map { level in
      level.seconds ?? (level.unit == other.unit ? level.value.number?.double : nil)
    }
    guard let before = amounts[0], let after = amounts[1] else { return false }
    switch name.lowercased() {
    case "latency", "ly", "freshness", "errorrate", "er", "timetodetect", "td", "timetonotify",
      "tn", "timetorepair", "tr":
      return after <= before
    case "retention", "re", "availability", "av", "throughput", "th": return after >= before
    default: return false
    }
  }

  private var seconds: Double? {
    guard let unit, let number = value.number?.double else { return Freshness.seconds(value, unit) }
    let isRetention = ["retention", "re"].contains(name.lowercased())
    return ServiceLevel.seconds(of: unit, mIsMonths: isRetention).map { Double($0) * number }
  }
}
