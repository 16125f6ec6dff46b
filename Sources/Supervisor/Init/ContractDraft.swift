internal import JSON
internal import Wire

/// An ODCS contract drawn up from a discovered stream: what was seen, and nothing more.
struct ContractDraft {
  private let stream: Catalog.Entry
  /// Nil where the data were too many to be read to their end.
  private let sample: Sample?

  init(_ stream: Catalog.Entry, sample: Sample?) {
    self.stream = stream
    self.sample = sample
  }

  private var properties: [JSONObject.Member] {
    stream.schema["properties"]?.object?.members ?? []
  }

  /// The columns that identify a record: those that the tap names, or the first that does.
  var keys: [String] {
    if !stream.keyProperties.isEmpty { return stream.keyProperties }
    let found = properties.first { sample?.isKey($0.key) ?? false }
    return found.map { [$0.key] } ?? []
  }

  func text(tenant: String, name: String, data: String) -> String {
    let purpose = "Drawn up by dativo init from \(data)."
    var lines = [
      "# yaml-language-server: $schema=\(Self.schema)",
      "apiVersion: v3.0.2",
      "kind: DataContract",
      "id: \(YAMLText.quoted("\(tenant).\(name)"))",
      "name: \(YAMLText.quoted(name))",
      "version: 0.1.0",
      "status: draft",
      "tenant: \(YAMLText.quoted(tenant))",
      "description:",
      "  purpose: \(YAMLText.quoted(purpose))",
      "schema:",
      "  - name: \(YAMLText.quoted(stream.stream))",
      "    logicalType: object",
      "    properties:",
    ]
    for (name, schema) in properties { lines += property(name, schema) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let schema =
    "https://raw.githubusercontent.com/bitol-io/open-data-contract-standard/main/schema/"
    + "odcs-json-schema-v3.0.2.json"

  private func property(_ name: String, _ schema: JSONValue) -> [String] {
    let (type, options) = Self.logicalType(schema)
    var lines = ["      - name: \(YAMLText.quoted(name))"]
    if let type { lines.append("        logicalType: \(type)") }
    if let options {
      lines.append("        logicalTypeOptions:")
      lines.append("          format: \(YAMLText.quoted(options))")
    }
    if sample?.isComplete(name) ?? false { lines.append("        required: true") }
    if let place = keys.firstIndex(of: name) {
      lines.append("        primaryKey: true")
      lines.append("        primaryKeyPosition: \(place + 1)")
    }
    return lines
  }

  /// The standard's type for a JSON Schema, and the format that says it closer; nil for what may be
  /// anything.
  private static func logicalType(_ schema: JSONValue) -> (type: String?, format: String?) {
    let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] }
    let real = (types ?? []).filter { $0 != "null" }
    guard real.count == 1, let type = real.first else {
      return (Set(real) == ["integer", "number"] ? "number" : nil, nil)
    }
    switch (type, schema["format"]?.string) {
    // The standard's own default is 32 bits.
    case ("integer", _): return ("integer", "i64")
    case ("string", "date"?): return ("date", "yyyy-MM-dd")
    case ("string", "date-time"?): return ("date", nil)
    case ("string", "singer.decimal"?), ("string", "x-singer.decimal"?): return ("number", nil)
    case ("string", "uuid"?): return ("string", "uuid")
    case ("boolean", _), ("number", _), ("string", _): return (type, nil)
    default: return (nil, nil)
    }
  }
}
