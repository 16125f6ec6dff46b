internal import JSON

extension PropertyDraft {
  /// The property as an element of a list, indented by `indent` spaces.
  func lines(_ name: String, indent: Int) -> [String] {
    let inner = String(repeating: " ", count: indent + 2)
    return ["\(String(repeating: " ", count: indent))- name: \(YAMLText.quoted(name))"]
      + body.map { inner + $0 }
  }

  /// What is said of it, with the evidence first.
  private var body: [String] {
    var lines = notes.isEmpty ? [] : ["# \(notes.joined(separator: "; "))"]
    if let type { lines.append("logicalType: \(type)") }
    if !options.isEmpty {
      lines.append("logicalTypeOptions:")
      lines += options.map { "  \($0.key): \($0.value)" }
    }
    if isRequired { lines.append("required: true") }
    if let keyPosition {
      lines += ["primaryKey: true", "primaryKeyPosition: \(keyPosition)"]
    }
    if !choices.isEmpty {
      lines += [
        "quality:", "  - type: library", "    rule: invalidValues", "    validValues:",
      ]
      lines += choices.map { "      - \(YAMLText.quoted($0))" }
      lines += ["    mustBe: 0", "    severity: warning"]
    }
    if !properties.isEmpty {
      lines.append("properties:")
      for (name, draft) in properties { lines += draft.lines(name, indent: 2) }
    }
    if let item = item.first {
      lines.append("items:")
      lines += item.body.map { "  \($0)" }
    }
    return lines
  }
}
