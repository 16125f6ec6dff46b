internal import Contracts
internal import JSON

/// What a job of the predecessor says beside its source, target and asset.
struct V1Settings {
  private let root: Marked

  init(_ root: Marked) { self.root = root }

  /// What the job was, for its description.
  var description: String {
    let environment = root["environment"]?.text.map { ", environment \($0)" } ?? ""
    return "From dativo-ingest: \(root.file)\(environment)"
  }

  /// What happens to records that break the contract.
  var mode: String { root["schema_validation_mode"]?.text == "warn" ? "warn" : "strict" }

  var retry: JSONValue? {
    guard let node = root["retry_config"] else { return nil }
    var retry = JSONObject()
    if let count = (node["max_retries"]?.text).flatMap({ Int($0) }) {
      retry["attempts"] = .number(JSONNumber(count + 1))
    } else if let attempts = node["max_attempts"]?.json {
      retry["attempts"] = attempts
    }
    retry["initial_seconds"] = (node["initial_delay_seconds"] ?? node["retry_delay_seconds"])?.json
    retry["max_seconds"] = node["max_delay_seconds"]?.json
    return retry.isEmpty ? nil : .object(retry)
  }

  /// Tells what became of each key.
  func note(_ notes: inout ImportNotes) {
    for (key, value) in root.members {
      switch key {
      case "environment": notes.carried(value, "the environment, in the job's description only")
      case "schema_validation_mode": notes.carried(value, "validation.mode \(mode)")
      case "retry_config":
        notes.carried(value, "retry")
        let known: Set<String> = [
          "max_retries", "max_attempts", "initial_delay_seconds", "retry_delay_seconds",
          "max_delay_seconds",
        ]
        for (key, value) in value.members where !known.contains(key) {
          notes.left(value, "retry_config.\(key)")
        }
      case "logging":
        notes.left(
          value,
          "logging: values of secrets are always left out of logs",
          hint: "`DATIVO_LOG=debug` sets the level."
        )
      case "infrastructure":
        notes.left(value, "infrastructure: Dativo runs where it is called")
      case "$schema", "tenant_id", "source_connector", "source_connector_path", "target_connector",
        "target_connector_path", "asset", "asset_path", "asset_definition", "source", "target",
        "classification_overrides", "governance_overrides", "finops":
        continue
      default: notes.left(value, "\"\(key)\" of the job")
      }
    }
  }
}
