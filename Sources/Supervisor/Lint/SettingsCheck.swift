internal import Contracts
internal import JSON
internal import Wire

/// Holds a connector's configuration against the settings that the connector describes.
///
/// Foreign plugins often take more than they describe: there an unknown setting is a warning.
struct SettingsCheck {
  let schema: JSONValue
  /// How the connector is called in messages.
  let plugin: String
  let file: String
  var findings: [Finding] = []

  init(schema: JSONValue, plugin: String, file: String) {
    self.schema = schema
    self.plugin = plugin
    self.file = file
  }

  /// Checks a configuration as it is written; `values` are its values with variables replaced.
  mutating func run(_ node: YAMLNode, values: JSONObject) {
    guard let properties = schema["properties"]?.object else { return }
    let isClosed = schema["additionalProperties"]?.bool == false
    let marks = Dictionary(node.members.map { ($0.key, $0) }) { _, last in last }
    for (key, value) in values.members {
      let member = marks[key]
      guard let setting = properties[key] else {
        let near = Nearest.name(to: key, among: properties.keys)
        findings.append(
          Finding(
            isClosed ? .error : .warning,
            file,
            member?.keyMark ?? node.mark,
            "the \(plugin) has no setting \"\(key)\"",
            hint: near.map { "Did you mean \"\($0)\"?" }
              ?? "Its settings: \(properties.keys.joined(separator: ", "))."
          )
        )
        continue
      }
      check(key, value, setting, member?.value.mark ?? node.mark)
      if let object = value.object, let inner = member?.value {
        checkInner(key, object, setting, inner)
      }
    }
    for name in (schema["required"]?.array ?? []).compactMap(\.string) {
      guard values[name]?.isNull ?? true, properties[name]?["default"] == nil else { continue }
      let summary = properties[name]?["description"]?.string
      findings.append(
        Finding(
          isClosed ? .error : .warning,
          file,
          node.mark,
          "the \(plugin) needs the setting \"\(name)\"",
          hint: summary.map { "\(name): \($0)" }
        )
      )
    }
  }

  /// The settings within a setting, or within each of its values.
  private mutating func checkInner(
    _ key: String,
    _ object: JSONObject,
    _ setting: JSONValue,
    _ node: YAMLNode
  ) {
    if setting["properties"] != nil {
      var check = SettingsCheck(schema: setting, plugin: "setting \"\(key)\"", file: file)
      check.run(node, values: object)
      findings += check.findings
    }
    guard let values = setting["additionalProperties"], values.object != nil else { return }
    for (name, value) in object.members {
      let place = node[name] ?? node
      self.check(name, value, values, place.mark)
      guard let inner = value.object else { continue }
      var check = SettingsCheck(schema: values, plugin: "setting \"\(key).\(name)\"", file: file)
      check.run(place, values: inner)
      findings += check.findings
    }
  }

  private mutating func check(
    _ key: String,
    _ value: JSONValue,
    _ setting: JSONValue,
    _ mark: YAMLNode.Mark
  ) {
    // Null is as absent; a reference that could not be replaced has no type yet.
    if value.isNull || value.string?.contains("${") == true { return }
    let isSecret = Redaction.isSecret(key) || setting["secret"]?.bool == true
    let shown = isSecret ? "" : ", not \(value.encoded())"
    if let choices = setting["enum"]?.array, !choices.contains(value) {
      let names = choices.compactMap(\.string)
      let near = value.string.flatMap { Nearest.name(to: $0, among: names) }
      findings.append(
        Finding(
          .error,
          file,
          mark,
          "\"\(key)\" must be one of \(choices.map { $0.string ?? $0.encoded() }.joined(separator: ", "))\(shown)",
          hint: near.map { "Did you mean \"\($0)\"?" }
        )
      )
      return
    }
    let types = setting["type"]?.array?.compactMap(\.string) ?? setting["type"]?.string.map { [$0] }
    guard let types, !types.contains(where: { Self.accepts($0, value) }) else { return }
    let names = types.filter { $0 != "null" }.joined(separator: " or ")
    let hint: String? =
      if types.contains("string"), value.string == nil, value.object == nil, value.array == nil {
        "Put it into quotes, to make it text."
      } else {
        setting["description"]?.string.map { "\(key): \($0)" }
      }
    findings.append(
      Finding(.error, file, mark, "\"\(key)\" must be of type \(names)\(shown)", hint: hint)
    )
  }

  private static func accepts(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("string", .string), ("boolean", .bool), ("object", .object), ("array", .array),
      ("number", .number), ("null", .null):
      true
    case ("integer", .number(let number)): number.isInteger
    default: false
    }
  }
}
