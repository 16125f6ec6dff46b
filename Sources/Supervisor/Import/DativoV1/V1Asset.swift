internal import Contracts
internal import JSON
internal import Posix

/// An asset of the predecessor as an ODCS contract.
///
/// Assets name ODCS 3.0.2, but list fields where that has objects, and have sections of their own.
/// What ODCS has no place for is kept as a custom property whose name begins with `v1.`.
struct V1Asset {
  /// What a job of the predecessor changes about the asset that it names.
  struct Overrides {
    /// The name that messages give the object, where the source calls it otherwise.
    var physicalName: String?
    var classification: Marked?
    var governance: Marked?
    var finops: Marked?
    var tenant: String?

    /// Whether the contract is good for that job alone.
    var isOwn: Bool { classification != nil || governance != nil || finops != nil }
  }

  static let apiVersion = "v3.1.0"

  /// The asset itself, without the wrapper of the old form.
  let body: Marked
  private let root: Marked

  init(_ root: Marked) {
    self.root = root
    body = root["asset"] ?? root
  }

  var file: String { root.file }
  var name: String { body["name"]?.text ?? stem }
  var object: String { body["object"]?.text ?? name }
  var target: Marked? { body["target"] }
  private var stem: String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.split(separator: ".").first.map(String.init) ?? name
  }

  /// The names of the fields that form the key, in order.
  var keys: [String] {
    let keys = (body["schema"]?.elements ?? []).filter { $0["primaryKey"]?.json.bool == true }
    func place(_ field: Marked) -> Int { Int(field["primaryKeyPosition"]?.text ?? "") ?? 1 }
    return keys.sorted { place($0) < place($1) }.compactMap { $0["name"]?.text }
  }

  /// The type of each field, in the words of the asset.
  var types: [(name: String, type: String)] {
    (body["schema"]?.elements ?? []).compactMap { field in
      field["name"]?.text.map { ($0, (field["type"]?.text ?? "string").lowercased()) }
    }
  }

  /// The contract; what of the asset does not come over is noted.
  func contract(_ overrides: Overrides, _ notes: inout ImportNotes) -> JSONObject {
    forms(&notes)
    var contract: JSONObject = [
      "apiVersion": .string(Self.apiVersion), "kind": "DataContract",
      "id": .string(body["id"]?.text ?? "dativo-v1.\(name)"),
      "name": .string(name), "version": .string(body["version"]?.text ?? "1.0.0"),
      "status": .string(body["status"]?.text ?? "active"),
    ]
    for key in ["domain", "dataProduct"] {
      contract[key] = body[key]?.text.map { .string($0) }
    }
    contract["tenant"] = (overrides.tenant ?? body["tenant"]?.text).map { .string($0) }
    contract["description"] = description
    let tags = body["tags"] ?? body["governance"]?["tags"]
    if let tags, !tags.texts.isEmpty { contract["tags"] = Self.list(tags) }
    var fields = V1Fields(expectations: body["data_quality"]?["expectations"]?.elements ?? [])
    fields.classifications = overrides.classification
    contract["schema"] = [.object(schema(overrides, &fields, &notes))]
    let governance = V1Governance(body, overrides)
    contract["team"] = governance.team(&notes)
    contract["slaProperties"] = governance.levels(&notes)
    contract["customProperties"] = governance.custom(&notes)
    contract["contractCreatedTs"] = body["contractCreatedTs"]?.text.map { .string($0) }
    fields.unused(&notes)
    strangers(&notes)
    return contract
  }

  private func forms(_ notes: inout ImportNotes) {
    if let wrapper = root["asset"] {
      notes.deprecated(wrapper, "the form with \"asset:\" around it; the contract has none")
    }
    if let governance = body["governance"] {
      notes.deprecated(governance, "\"governance\": owner, tags, classification go to their places")
    }
    if body["id"] == nil {
      notes.deprecated(body, "an asset without id; the contract's is dativo-v1.\(name)")
    }
    if let version = body["apiVersion"], version.text != Self.apiVersion {
      notes.carried(
        version,
        "ODCS \(version.text ?? "") becomes \(Self.apiVersion), the first with timestamps"
      )
    }
  }

  private var description: JSONValue? {
    guard let node = body["description"] else { return nil }
    if let text = node.text { return ["purpose": .string(text)] }
    var result = JSONObject()
    for key in ["purpose", "limitations", "usage"] {
      result[key] = node[key]?.text.map { .string($0) }
    }
    return result.isEmpty ? nil : .object(result)
  }

  private func schema(
    _ overrides: Overrides,
    _ fields: inout V1Fields,
    _ notes: inout ImportNotes
  ) -> JSONObject {
    let list = body["schema"]?.elements ?? []
    var object: JSONObject = ["name": .string(self.object)]
    if let name = overrides.physicalName, name != self.object {
      object["physicalName"] = .string(name)
    }
    object["logicalType"] = "object"
    // The predecessor took texts for numbers and truths where the schema asked for these.
    object["customProperties"] = [
      ["property": "dativo.coerce", "value": ["number", "boolean"]]
    ]
    object["properties"] = .array(
      list.compactMap { fields.property($0, &notes).map { .object($0) } }
    )
    if let place = body["schema"], body["source_type"]?.text != "csv",
      types.contains(where: { $0.type == "string" })
    {
      notes.left(
        place,
        "values of other types in fields of type string, which were made texts: they are violations",
        hint: "Correct the logicalType where the source sends objects or numbers."
      )
    }
    return object
  }

  /// Keys that nobody knows.
  private func strangers(_ notes: inout ImportNotes) {
    let known: Set<String> = [
      "$schema", "apiVersion", "kind", "id", "name", "version", "status", "domain", "dataProduct",
      "tenant", "description", "tags", "source_type", "object", "target", "schema", "data_quality",
      "team", "compliance", "change_management", "finops", "governance", "slaProperties",
      "contractCreatedTs", "lineage", "audit",
    ]
    for (key, value) in body.members where !known.contains(key) {
      notes.left(value, "\"\(key)\" of the asset")
    }
    for (key, value) in target?.members ?? [] where !["partitioning"].contains(key) {
      switch (key, value.text) {
      case ("file_format", "parquet"): notes.carried(value, "file_format parquet")
      case ("mode", _):
        notes.left(
          value,
          "target.mode \(value.text ?? "") of the asset",
          hint: "`validation: {drift: {columns: freeze}}` in a job refuses new columns."
        )
      default: notes.left(value, "target.\(key) of the asset")
      }
    }
  }

  static func list(_ texts: Marked) -> JSONValue {
    .array(texts.texts.compactMap { $0.text.map { .string($0) } })
  }
}
