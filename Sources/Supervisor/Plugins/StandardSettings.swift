package import JSON

/// Settings that connectors made with the Meltano SDK have in common, by the capability that brings
/// them: they are not repeated in every description.
package enum StandardSettings {
  private static let byCapability: [(capability: String, names: [String])] = [
    ("stream-maps", ["stream_maps", "stream_map_config", "faker_config"]),
    (
      "schema-flattening",
      [
        "flattening_enabled", "flattening_max_depth", "flattening_max_key_length",
        "flattening_separator",
      ]
    ),
    ("batch", ["batch_config"]),
    ("activate-version", ["process_activate_version_messages", "emit_activate_version_messages"]),
    ("soft-delete", ["add_record_metadata"]), ("hard-delete", ["hard_delete"]),
    ("target-schema", ["default_target_schema"]), ("validate-records", ["validate_records"]),
  ]

  /// The names that come with these capabilities.
  package static func names(_ capabilities: Set<String>) -> Set<String> {
    Set(byCapability.filter { capabilities.contains($0.capability) }.flatMap(\.names))
  }

  /// A schema of settings with those that come with the capabilities.
  package static func added(to settings: JSONValue, _ capabilities: Set<String>) -> JSONValue {
    guard var schema = settings.object, var properties = schema["properties"]?.object else {
      return settings
    }
    for name in names(capabilities).sorted() where properties[name] == nil {
      properties[name] = .object(JSONObject())
    }
    schema["properties"] = .object(properties)
    return .object(schema)
  }
}
