internal import JSON

/// Reads a contract out of its YAML, gathering every problem on the way.
struct ContractReader {
  var problems: [Problem] = []
  var version = ODCSVersion.v302

  mutating func read(_ root: YAMLNode) -> Contract? {
    guard case .mapping = root else {
      error(root, "the contract is not a mapping", "It begins with apiVersion: v3.0.2.")
      return nil
    }
    guard readVersion(root) else { return nil }
    if let form = Form.all["contract"] { check(root, as: form) }
    if root["status"]?.text == "retired" { warn(root["status"], "the contract is retired") }
    if root["status"]?.text == "deprecated" { warn(root["status"], "the contract is deprecated") }
    let objects = readObjects(root)
    checkExtensions(root, at: .contract)
    checkElements(root, objects)
    checkRelationships(root)
    let levels = readServiceLevels(root)
    return Contract(
      apiVersion: version,
      id: root["id"]?.text ?? "",
      name: root["name"]?.text,
      version: root["version"]?.text ?? "",
      status: root["status"]?.text,
      tenant: root["tenant"]?.text,
      domain: root["domain"]?.text,
      owner: Self.owner(root["team"]),
      objects: objects,
      serviceLevels: levels,
      settings: readSettings(root["customProperties"]),
      drift: readDrift(root["customProperties"]),
      document: root.json
    )
  }

  private mutating func readVersion(_ root: YAMLNode) -> Bool {
    guard let node = root["apiVersion"], let text = node.text else {
      error(
        root,
        "the key \"apiVersion\" is missing",
        "Write apiVersion: v3.0.2 on the first line."
      )
      return false
    }
    guard let found = ODCSVersion(rawValue: text) else {
      let names = ODCSVersion.allCases.map(\.rawValue).joined(separator: ", ")
      error(node, "apiVersion \(text) is not one of \(names)", Self.versionHint(text))
      return false
    }
    version = found
    return true
  }

  /// What to write in place of a version that is not read.
  private static func versionHint(_ text: String) -> String {
    let names = ODCSVersion.allCases.map(\.rawValue)
    let bare = text.drop { !$0.isNumber }
    let parts = bare.split(separator: ".").compactMap { Int($0) }
    if parts.first == 2 { return "Version 2 has another structure: migrate it to v3.0.2." }
    // `3.1` and `3.1.0` leave something out of v3.1.0; of 3.0 the last is meant.
    if let meant = names.last(where: { $0 == "v\(bare)" || $0.hasPrefix("v\(bare).") }),
      parts.count > 1
    {
      return "Write apiVersion: \(meant)."
    }
    let newest = names.last ?? ""
    if let first = parts.first, first > 3 || (first == 3 && parts.count > 1 && parts[1] > 2) {
      return "It is newer than this reader knows: \(newest) is the newest that it reads."
    }
    return "Write apiVersion: \(Nearest.name(to: text, among: names) ?? "v3.0.2")."
  }

  private mutating func readObjects(_ root: YAMLNode) -> [ContractObject] {
    guard let schema = root["schema"], !schema.isNull else {
      warn(root, "the contract has no schema: it describes no stream")
      return []
    }
    guard let elements = schema.elements else { return [] }
    var objects: [ContractObject] = []
    var names: [String: YAMLNode] = [:]
    for element in elements {
      guard let name = element["name"]?.text else { continue }
      if names.updateValue(element, forKey: name) != nil {
        error(element["name"] ?? element, "the object \"\(name)\" stands twice", nil)
      }
      var object = ContractObject(name: name, physicalName: element["physicalName"]?.text)
      object.properties = readProperties(element["properties"], "\(name)")
      object.rules = readRules(element["quality"], property: nil)
      object.isDeprecated = readBool(element, "deprecated")
      object.source = element
      checkKeyPositions(object, element)
      readExtensions(element["customProperties"], &object)
      objects.append(object)
    }
    return objects
  }

  private mutating func checkKeyPositions(_ object: ContractObject, _ node: YAMLNode) {
    let positions = object.properties.compactMap(\.keyPosition).filter { $0 > 0 }
    if Set(positions).count < positions.count {
      warn(node, "two properties of \(object.name) have one primaryKeyPosition")
    } else if let gap = zip(positions.sorted(), 1...).first(where: { $0 != $1 }) {
      let property = object.properties.first { $0.keyPosition == gap.0 }
      let place = property?.mark ?? node.mark
      problems.append(
        Problem(
          .warning,
          place,
          "no property of \(object.name) has primaryKeyPosition \(gap.1), but one has \(gap.0)",
          hint: "Positions are 1, 2, 3 and so on."
        )
      )
    }
  }

  /// References to properties that are not there are worth a warning, no more: the standard's own
  /// example has one.
  private mutating func checkElements(_ root: YAMLNode, _ objects: [ContractObject]) {
    func isKnown(_ element: String) -> Bool {
      let steps = element.split(separator: ".").map(String.init)
      return objects.contains { object in
        let names = [object.name, object.physicalName].compactMap(\.self)
        let inner = steps.count > 1 && names.contains(steps[0]) ? Array(steps.dropFirst()) : steps
        return object.properties.contains {
          $0.name == inner.first || $0.physicalName == inner.first
        }
      }
    }
    var nodes = [root["slaDefaultElement"]].compactMap(\.self)
    nodes += (root["slaProperties"]?.elements ?? []).compactMap { $0["element"] }
    checkEncryptedNames(root)
    for node in nodes {
      for element in (node.text ?? "").split(separator: ",") {
        let name = element.drop { $0 == " " }
        if !isKnown(String(name)) { warn(node, "\(name) is no property of the contract's objects") }
      }
    }
  }

  private mutating func readDrift(_ customProperties: YAMLNode?) -> JSONValue? {
    let entry = customProperties?.elements?.last {
      $0["property"]?.text == Extension.drift.rawValue
    }
    guard let value = entry?["value"], !value.isNull else { return nil }
    var policy = DriftPolicy()
    do throws(DriftPolicy.Problem) {
      try policy.apply(value.json)
      return value.json
    } catch let problem {
      error(problem.key.flatMap { value[$0] } ?? value, problem.message, problem.hint)
      return nil
    }
  }

  private mutating func readServiceLevels(_ root: YAMLNode) -> [ServiceLevel] {
    var levels: [ServiceLevel] = []
    for node in root["slaProperties"]?.elements ?? [] {
      guard let name = node["property"]?.text else { continue }
      let element = node["element"]?.text ?? root["slaDefaultElement"]?.text ?? ""
      let level = ServiceLevel(
        name: name,
        value: node["value"]?.json ?? .null,
        unit: node["unit"]?.text,
        elements: element.split(separator: ",").map { String($0.drop { $0 == " " }) }
      )
      if level.isFreshness, Freshness.seconds(level.value, level.unit) == nil {
        warn(
          node["value"] ?? node,
          "\(name) is not evaluated: \(level.promise) is no length of time",
          "Write a number and a unit: `value: 4, unit: d`."
        )
      }
      levels.append(level)
    }
    return levels
  }

  private static func owner(_ team: YAMLNode?) -> String? {
    if let name = team?["name"]?.text { return name }
    let members = team?.elements ?? team?["members"]?.elements ?? []
    let owner = members.first { $0["role"]?.text?.lowercased().contains("owner") ?? false }
    return (owner ?? members.first).flatMap { ($0["username"] ?? $0["name"])?.text }
  }

  /// What a contract, an object or a property says to Dativo alone.
  func readSettings(_ customProperties: YAMLNode?) -> [String: String] {
    var settings: [String: String] = [:]
    for entry in customProperties?.elements ?? [] {
      guard let name = entry["property"]?.text, name.hasPrefix("dativo.") else { continue }
      settings[name] = entry["value"]?.text
    }
    return settings
  }

  // MARK: Problems

  mutating func error(_ node: YAMLNode?, _ message: String, _ hint: String?) {
    let mark = node?.mark ?? YAMLNode.Mark(line: 1, column: 1)
    problems.append(Problem(.error, mark, message, hint: hint))
  }

  mutating func warn(_ node: YAMLNode?, _ message: String, _ hint: String? = nil) {
    let mark = node?.mark ?? YAMLNode.Mark(line: 1, column: 1)
    problems.append(Problem(.warning, mark, message, hint: hint))
  }
}
