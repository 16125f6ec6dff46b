internal import JSON
internal import JSONSchema

extension ContractReader {
  mutating func readProperties(_ node: YAMLNode?, _ owner: String) -> [ContractProperty] {
    guard let node, let elements = node.elements else { return [] }
    var properties: [ContractProperty] = []
    var names: Set<String> = []
    for element in elements {
      guard let name = element["name"]?.text else { continue }
      let property = readProperty(element, name)
      if !names.insert(property.name).inserted {
        error(element["name"], "the property \"\(name)\" of \(owner) stands twice", nil)
      }
      properties.append(property)
    }
    let fields = properties.map(\.field)
    if names.count == properties.count, Set(fields).count < fields.count {
      error(node, "two properties of \(owner) have one physicalName", nil)
    }
    return properties
  }

  private mutating func readProperty(
    _ node: YAMLNode,
    _ name: String,
    isItem: Bool = false
  ) -> ContractProperty {
    var property = ContractProperty(name: name)
    property.physicalName = node["physicalName"]?.text
    property.physicalType = node["physicalType"]?.text
    property.source = node
    property.type = readType(node, name, isItem: isItem)
    property.isRequired = readBool(node, "required")
    property.isUnique = readBool(node, "unique")
    property.isCritical = readBool(node, "criticalDataElement")
    property.isDeprecated = readBool(node, "deprecated")
    property.encryptedName = node["encryptedName"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    property.isMeasure = node["semanticType"]?.text == "measure"
    property.classification = node["classification"]?.text
    property.tags = (node["tags"]?.elements ?? []).compactMap(\.text)
    if readBool(node, "primaryKey") {
      property.keyPosition = node["primaryKeyPosition"]?.text.flatMap { Int($0) } ?? -1
    }
    if let choices = node["enum"]?.elements {
      let values = choices.map { $0["value"]?.json ?? .null }
      if choices.isEmpty || Set(values).count < values.count {
        error(node["enum"], "enum of \(name) is empty, or has a value twice", nil)
      }
      property.choices = choices.compactMap { $0["value"]?.json ?? .null }
      checkKinds(choices.compactMap { $0["value"] }, property, "enum")
    }
    readOptions(node, &property)
    property.properties = readProperties(node["properties"], name)
    if let items = node["items"], !items.isNull {
      property.items = [readProperty(items, items["name"]?.text ?? "item", isItem: true)]
    }
    if let map = node["map"] {
      if let key = map["key"] { property.mapKeys = [readProperty(key, "key", isItem: true)] }
      if let value = map["value"] { property.items = [readProperty(value, "value", isItem: true)] }
    }
    checkMembers(node["logicalTypeOptions"]?["required"], of: property)
    property.rules = readRules(node["quality"], property: property)
    property.mark = node.mark
    readExtensions(node["customProperties"], &property)
    return property
  }

  private mutating func readType(
    _ node: YAMLNode,
    _ name: String,
    isItem: Bool
  ) -> LogicalType? {
    guard let typeNode = node["logicalType"], let text = typeNode.text else {
      if node["items"] != nil { return .array }
      if node["properties"] != nil { return .object }
      if let physical = node["physicalType"]?.text {
        warn(node, "\(name) has no logicalType: its type (\(physical)) is not checked")
      } else {
        warn(node, "\(name) has no logicalType: its type is not checked")
      }
      return nil
    }
    guard let type = LogicalType(rawValue: text) else {
      let names = LogicalType.allCases.filter { $0.since <= version }.map(\.rawValue)
      let near = Self.commonNames[text.lowercased()] ?? Nearest.name(to: text, among: names)
      error(
        typeNode,
        "unknown logicalType \"\(text)\" of \(name)",
        near.map { "Did you mean \"\($0)\"?" } ?? "It is one of \(names.joined(separator: ", "))."
      )
      return nil
    }
    if type.since > version {
      error(
        typeNode,
        "logicalType \(text) does not exist in \(version.rawValue)",
        "It came with \(type.since.rawValue): raise apiVersion, or write \(type == .map ? "object" : type == .vector ? "array" : "date")."
      )
    }
    if node["items"] != nil, type != .array {
      error(node["items"], "items belong to logicalType array, not \(text)", nil)
    }
    if node["properties"] != nil, type != .object {
      let message = "properties belong to logicalType object, not \(text)"
      // The standard's schema lets any item have them.
      if isItem {
        warn(node["properties"], message)
      } else {
        error(node["properties"], message, nil)
      }
    }
    if (node["map"] != nil) != (type == .map), version >= .v320 {
      let place = node["map"] ?? typeNode
      error(place, "\(name): map and logicalType map belong together", "Write map: {key, value}.")
    }
    return type
  }

  /// Values of a list that no value of the property can be equal to.
  mutating func checkKinds(_ nodes: [YAMLNode], _ property: ContractProperty, _ list: String) {
    guard let type = property.type else { return }
    let kinds = ValueCheck.kinds(type)
    for node in nodes where !node.isNull && !kinds.admits(node.json) {
      let shown = node.text ?? node.json.encoded()
      let isQuotable = kinds == .string && node.text != nil
      warn(
        node,
        "\(list) of \(property.name) has \(shown), which no \(type.rawValue) is equal to",
        isQuotable ? "Write \"\(shown)\", in quotes." : nil
      )
    }
  }

  /// Members that an object must have, and whose names it does not declare.
  private mutating func checkMembers(_ node: YAMLNode?, of property: ContractProperty) {
    let fields = property.properties.map(\.field)
    guard !fields.isEmpty else { return }
    for name in node?.elements ?? [] {
      guard let text = name.text, !fields.contains(text) else { continue }
      let near =
        property.properties.first { $0.name == text }?.field
        ?? Nearest.name(to: text, among: fields)
      warn(
        name,
        "required of \(property.name) names \(text), which is none of its properties",
        near.map { "Did you mean \"\($0)\"?" }
      )
    }
  }

  /// What other systems call the types.
  private static let commonNames = [
    "int": "integer", "bigint": "integer", "long": "integer", "float": "number",
    "double": "number", "decimal": "number", "numeric": "number", "text": "string",
    "varchar": "string", "bool": "boolean", "datetime": "date", "list": "array", "struct": "object",
    "record": "object",
  ]

  func readBool(_ node: YAMLNode, _ key: String) -> Bool {
    node[key]?.json.bool ?? false
  }
}
