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
    checkKeys(root, KnownKeys.root, "the contract", unknownIsError: true)
    var required = ["version", "kind", "id", "status"]
    if version >= .v320 { required.removeLast() }
    for key in required where root[key]?.isNull ?? true {
      error(root, "the key \"\(key)\" is missing", "Every \(version.rawValue) contract has it.")
    }
    if let kind = root["kind"], kind.text != "DataContract" {
      error(kind, "kind is not DataContract", "Write kind: DataContract.")
    }
    if root["status"]?.text == "retired" { warn(root["status"], "the contract is retired") }
    if root["status"]?.text == "deprecated" { warn(root["status"], "the contract is deprecated") }
    let objects = readObjects(root)
    refuseExtensions(root["customProperties"], of: Self.propertyExtensions)
    checkElements(root, objects)
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
      settings: readSettings(root)
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
      let hint =
        text.hasPrefix("v2.") ? "Version 2 has another structure: migrate it to v3.0.2." : nil
      error(node, "apiVersion \(text) is not one of \(names)", hint ?? "Write apiVersion: v3.0.2.")
      return false
    }
    version = found
    return true
  }

  private mutating func readObjects(_ root: YAMLNode) -> [ContractObject] {
    guard let schema = root["schema"], !schema.isNull else {
      warn(root, "the contract has no schema: it describes no stream")
      return []
    }
    guard let elements = schema.elements else {
      error(schema, "schema is not a list of objects", "Begin each with a dash: - name: orders.")
      return []
    }
    var objects: [ContractObject] = []
    var names: [String: YAMLNode] = [:]
    for element in elements {
      guard let name = readName(element, "the object") else { continue }
      if names.updateValue(element, forKey: name) != nil {
        error(element["name"] ?? element, "the object \"\(name)\" stands twice", nil)
      }
      checkKeys(element, KnownKeys.object, "the object \(name)", unknownIsError: true)
      if let type = element["logicalType"]?.text, type != "object",
        version < .v320 || type != "blob"
      {
        error(element["logicalType"], "logicalType of an object is not \(type)", "Write object.")
      }
      var object = ContractObject(name: name, physicalName: element["physicalName"]?.text)
      object.properties = readProperties(element["properties"], "\(name)")
      object.rules = readRules(element["quality"], property: nil)
      checkKeyPositions(object, element)
      readExtensions(element["customProperties"], &object)
      objects.append(object)
    }
    return objects
  }

  /// The name of an object or property, which each must have.
  mutating func readName(_ node: YAMLNode, _ what: String) -> String? {
    guard case .mapping = node else {
      error(node, "\(what) is not a mapping", "Write - name: NAME.")
      return nil
    }
    guard let name = node["name"]?.text, !name.isEmpty else {
      error(node, "\(what) has no name", nil)
      return nil
    }
    return name
  }

  private mutating func checkKeyPositions(_ object: ContractObject, _ node: YAMLNode) {
    let positions = object.properties.compactMap(\.keyPosition).filter { $0 > 0 }
    if Set(positions).count < positions.count {
      warn(node, "two properties of \(object.name) have one primaryKeyPosition")
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
    for node in nodes {
      for element in (node.text ?? "").split(separator: ",") {
        let name = element.drop { $0 == " " }
        if !isKnown(String(name)) { warn(node, "\(name) is no property of the contract's objects") }
      }
    }
  }

  private static func owner(_ team: YAMLNode?) -> String? {
    if let name = team?["name"]?.text { return name }
    let members = team?.elements ?? team?["members"]?.elements ?? []
    let owner = members.first { $0["role"]?.text?.lowercased().contains("owner") ?? false }
    return (owner ?? members.first).flatMap { ($0["username"] ?? $0["name"])?.text }
  }

  private func readSettings(_ root: YAMLNode) -> [String: String] {
    var settings: [String: String] = [:]
    for entry in root["customProperties"]?.elements ?? [] {
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

  /// Names each key that `table` does not have, or has for a later version only.
  mutating func checkKeys(
    _ node: YAMLNode,
    _ table: KnownKeys.Table,
    _ what: String,
    unknownIsError: Bool
  ) {
    for member in node.members where !member.value.isNull {
      if let since = table[member.key] {
        guard since > version else { continue }
        problems.append(
          Problem(
            unknownIsError ? .error : .warning,
            member.keyMark,
            "the key \"\(member.key)\" does not exist in \(version.rawValue)",
            hint: "It came with \(since.rawValue): raise apiVersion, or remove the key."
          )
        )
        continue
      }
      let near = Nearest.name(to: member.key, among: table.keys)
      problems.append(
        Problem(
          unknownIsError ? .error : .warning,
          member.keyMark,
          "unknown key \"\(member.key)\" in \(what)",
          hint: near.map { "Did you mean \"\($0)\"?" }
            ?? "Known keys: \(table.keys.sorted().joined(separator: ", "))."
        )
      )
    }
  }
}
