package import ConnectorKit
internal import JSON
package import Wire

extension Connector {
  /// What the executable is, with what the connector's spec says of its own settings.
  package func detailed(_ info: PluginInfo) throws(Failure) -> PluginInfo {
    let form = try specification()["connectionSpecification"] ?? [:]
    let required = form["required"]?.array?.compactMap(\.string) ?? []
    var rows: [JSONObject] = []
    for (name, property) in form["properties"]?.object?.members ?? [] {
      let kind = property["type"]?.string ?? (property["oneOf"] == nil ? "any" : "object")
      let marks = [
        required.contains(name) ? "required" : nil,
        property["airbyte_secret"]?.bool == true ? "secret" : nil,
      ].compactMap { $0 }
      rows.append([
        "setting": .string(name), "kind": .string(kind),
        "marks": .string(marks.joined(separator: ", ")),
        "meaning": .string(property["title"]?.string ?? property["description"]?.string ?? ""),
      ])
    }
    return info.detailing("connector_config", form, table: "connector_settings", rows)
  }
}
