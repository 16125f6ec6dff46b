internal import Contracts
internal import JSON

/// Who owns an asset and what it must keep, in ODCS's sections; the rest as custom properties.
struct V1Governance {
  private let body: Marked
  private let overrides: V1Asset.Overrides

  init(_ body: Marked, _ overrides: V1Asset.Overrides) {
    self.body = body
    self.overrides = overrides
  }

  func team(_ notes: inout ImportNotes) -> JSONValue? {
    var members: [JSONValue] = []
    let owner =
      overrides.governance?["owner"] ?? body["team"]?["owner"]
      ?? body["governance"]?["owner"]
    if let text = owner?.text { members.append(["username": .string(text), "role": "owner"]) }
    for role in body["team"]?["roles"]?.elements ?? [] {
      guard let who = role["email"]?.text ?? role["name"]?.text else { continue }
      var member: JSONObject = ["username": .string(who)]
      member["role"] = role["name"]?.text.map { .string($0) }
      member["description"] = role["responsibility"]?.text.map { .string($0) }
      members.append(.object(member))
    }
    for (key, value) in body["team"]?.members ?? [] where !["owner", "roles"].contains(key) {
      notes.left(value, "team.\(key)", hint: "Give it as a custom property of the contract.")
    }
    guard !members.isEmpty else {
      notes.left(body, "the asset has no owner, so the contract has none")
      return nil
    }
    return ["members": .array(members)]
  }

  /// Retention, and the service levels that are whole.
  func levels(_ notes: inout ImportNotes) -> JSONValue? {
    var levels: [JSONValue] = []
    let days =
      overrides.governance?["retention_days"] ?? body["compliance"]?["retention_days"]
      ?? body["governance"]?["retention_days"]
    if let days { levels.append(["property": "retention", "value": days.json, "unit": "d"]) }
    let known: Set<String> = ["property", "value", "valueExt", "unit", "element", "driver"]
    for level in body["slaProperties"]?.elements ?? [] {
      guard level["property"] != nil, level["value"] != nil else {
        notes.left(level, "a service level without property and value")
        continue
      }
      levels.append(
        .object(
          JSONObject(
            level.members.filter { known.contains($0.key) }
              .map { (key: $0.key, value: $0.value.json) }
          )
        )
      )
      for (key, value) in level.members where !known.contains(key) {
        notes.left(value, "\"\(key)\" of the service level \(level["property"]?.text ?? "")")
      }
    }
    return levels.isEmpty ? nil : .array(levels)
  }

  /// What ODCS has no place for.
  func custom(_ notes: inout ImportNotes) -> JSONValue? {
    var properties: [JSONValue] = []
    func keep(_ name: String, _ value: Marked?) {
      guard let value else { return }
      if value.node.elements?.isEmpty == true { return }
      properties.append(["property": .string("v1.\(name)"), "value": value.json])
      notes.carried(value, "\(name), as the custom property v1.\(name)")
    }
    keep("source_type", body["source_type"])
    let labels = body["compliance"]?["classification"] ?? body["governance"]?["classification"]
    keep("classification", labels)
    for key in ["regulations", "security", "user_consent_required"] {
      keep(key, body["compliance"]?[key])
    }
    keep("monitoring", body["data_quality"]?["monitoring"])
    keep("alerts", body["data_quality"]?["alerts"])
    for key in ["change_management", "lineage", "audit"] { keep(key, body[key]) }
    keep("finops", overrides.finops ?? body["finops"])
    return properties.isEmpty ? nil : .array(properties)
  }
}
