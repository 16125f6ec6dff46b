import JSON

/// A json_schema of Airbyte as what its records keep to.
///
/// Airbyte's schemas describe columns: sources leave out or null any field, whatever `required` and
/// `type` say, and new versions of a source drop nulls that old ones wrote.
enum NullableSchema {
  static func make(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.object else { return schema }
    object["required"] = nil
    if let properties = object["properties"]?.object {
      object["properties"] = .object(
        JSONObject(properties.members.map { (key: $0.key, value: field($0.value)) })
      )
    }
    return .object(object)
  }

  /// A field: what it was, or null.
  private static func field(_ schema: JSONValue) -> JSONValue {
    guard var object = make(schema).object else { return schema }
    switch object["type"] {
    case .string(let type)? where type != "null": object["type"] = .array(["null", .string(type)])
    case .array(let types)? where !types.contains("null"): object["type"] = .array(["null"] + types)
    default: break
    }
    for key in ["oneOf", "anyOf"] {
      guard let choices = object[key]?.array else { continue }
      // Choices of Airbyte overlap: which of them a value is of does not matter.
      object[key] = nil
      let kept = choices.map(make)
      let isNull: (JSONValue) -> Bool = { $0["type"]?.string == "null" }
      object["anyOf"] = .array(kept.contains(where: isNull) ? kept : kept + [["type": "null"]])
    }
    if object["format"]?.string == "date-time", object["airbyte_type"] == nil {
      // Airbyte's default, said aloud: it lets a time come without its zone.
      object["airbyte_type"] = "timestamp_with_timezone"
    }
    if let items = object["items"], items.object != nil { object["items"] = field(items) }
    if let values = object["enum"]?.array, !values.contains(.null) {
      object["enum"] = .array(values + [.null])
    }
    return .object(object)
  }
}
