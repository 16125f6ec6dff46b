import JSON
import Supervisor

/// A connector's settings, one line each.
enum SettingsTable {
  static func lines(_ schema: JSONValue?) -> [String] {
    guard let properties = schema?["properties"]?.object, !properties.isEmpty else { return [] }
    let required = Set((schema?["required"]?.array ?? []).compactMap(\.string))
    let rows = properties.members.map { name, setting in
      let types = setting["type"]?.array?.compactMap(\.string) ?? [setting["type"]?.string ?? ""]
      var notes: [String] = []
      if required.contains(name) { notes.append("required") }
      if setting["secret"]?.bool == true { notes.append("secret") }
      if let value = setting["default"] {
        notes.append("default \(value.string ?? value.encoded())")
      }
      if let options = setting["enum"]?.array {
        notes.append("one of \(options.map { $0.string ?? $0.encoded() }.joined(separator: ", "))")
      }
      return [
        name, types.filter { $0 != "null" }.joined(separator: "|"), notes.joined(separator: "; "),
        setting["description"]?.string?.split(separator: "\n").first.map(String.init) ?? "",
      ]
    }
    return TextTable.lines([["SETTING", "TYPE", "", ""]] + rows)
  }
}
