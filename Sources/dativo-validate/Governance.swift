import Contracts
import JSON
import JSONSchema

/// What a SCHEMA says of the contract that its records stand under.
///
/// Whose data it is, how it is classified, where it comes from, how long it stays: the target keeps
/// it in footer and commit.
enum Governance {
  /// The member `x-dativo` of a schema.
  static func facts(_ entry: ContractSet.Entry) -> JSONValue {
    let contract = entry.contract
    var facts = JSONObject()
    facts["odcs.id"] = .string(contract.id)
    facts["odcs.version"] = .string(contract.version)
    facts["odcs.apiVersion"] = .string(contract.apiVersion.rawValue)
    facts["odcs.sha256"] = .string(contract.sha256)
    facts["odcs.object"] = .string(entry.object.name)
    if let owner = contract.owner { facts["owner"] = .string(owner) }
    if let tenant = contract.tenant { facts["tenant"] = .string(tenant) }
    if let domain = contract.domain { facts["domain"] = .string(domain) }
    if let tags = contract.document["tags"]?.array, !tags.isEmpty { facts["tags"] = .array(tags) }
    if let tags = document(entry)?["tags"]?.array, !tags.isEmpty {
      facts["object_tags"] = .array(tags)
    }
    for level in contract.serviceLevels
    where ["retention", "re"].contains(level.name.lowercased()) {
      facts["retention"] = .string(level.promise)
    }
    let custom = custom(contract.document["customProperties"])
    if !custom.isEmpty { facts["custom"] = .object(custom) }
    let fields = fields(entry)
    if !fields.isEmpty { facts["fields"] = .object(fields) }
    return .object(facts)
  }

  /// The labels of each field that has some; of what is masked within a field by its path.
  private static func fields(_ entry: ContractSet.Entry) -> JSONObject {
    var fields = JSONObject()
    let nodes = document(entry)?["properties"]?.array ?? []
    for property in entry.object.properties {
      var field = JSONObject()
      if let label = property.classification { field["classification"] = .string(label) }
      if !property.tags.isEmpty { field["tags"] = .array(property.tags.map { .string($0) }) }
      if property.isCritical { field["cde"] = true }
      let node = nodes.first { $0["name"]?.string == property.name }
      let lineage = lineage(node)
      if !lineage.isEmpty { field["lineage"] = .object(lineage) }
      let custom = custom(node?["customProperties"])
      if !custom.isEmpty { field["custom"] = .object(custom) }
      let mask = entry.mask?.children.first { $0.field == property.field }
      if let action = mask?.action { field["masking"] = .string(action.name) }
      if !field.isEmpty { fields[property.field] = .object(field) }
    }
    for node in entry.mask?.children.flatMap({ $0.all.dropFirst() }) ?? [] {
      guard let action = node.action ?? node.keyAction else { continue }
      let name = Pointer.steps(node.pointer).joined(separator: ".")
      fields[name] = ["masking": .string(action.name)]
    }
    return fields
  }

  private static func document(_ entry: ContractSet.Entry) -> JSONValue? {
    entry.contract.document["schema"]?.array?.first { $0["name"]?.string == entry.object.name }
  }

  /// Where a field comes from: `{sources, logic, description}`, as far as the contract says.
  private static func lineage(_ node: JSONValue?) -> JSONObject {
    var lineage = JSONObject()
    let keys = [
      ("sources", "transformSourceObjects"), ("logic", "transformLogic"),
      ("description", "transformDescription"),
    ]
    for (name, key) in keys { if let value = node?[key], !value.isNull { lineage[name] = value } }
    return lineage
  }

  /// The custom properties that are not Dativo's own, such as a legal basis.
  private static func custom(_ list: JSONValue?) -> JSONObject {
    var custom = JSONObject()
    for entry in list?.array ?? [] {
      guard let name = entry["property"]?.string, !name.hasPrefix("dativo.") else { continue }
      custom[name] = entry["value"] ?? .null
    }
    return custom
  }
}
