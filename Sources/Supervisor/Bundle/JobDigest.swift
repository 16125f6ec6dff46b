internal import Contracts
internal import JSON

/// A job file for somebody else's eyes: its values as they were read, secrets hidden.
struct JobDigest {
  private let file: JobFile

  init(_ file: JobFile) { self.file = file }

  /// YAML again, with what is wrong with the file above it.
  var text: String {
    let findings = file.findings.map { finding in
      "# \(finding.text.split(separator: "\n").joined(separator: " "))\n"
    }
    return findings.joined() + YAMLWriter.text(Self.shown(file.root.json))
  }

  private static func shown(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(
          object.map { member in
            switch member.key {
            case "webhook": (key: member.key, value: .string(Redaction.mark))
            case "command": (key: member.key, value: words(member.value))
            default: (key: member.key, value: hidden(member.key, member.value))
            }
          }
        )
      )
    case .array(let elements): .array(elements.map(shown))
    default: Redaction.withoutUser(value)
    }
  }

  /// A setting that is secret by name, unless it only names a variable.
  private static func hidden(_ name: String, _ value: JSONValue) -> JSONValue {
    guard Redaction.isSecret(name), !value.isNull else { return shown(value) }
    if let text = value.string, text.hasPrefix("${"), text.hasSuffix("}"),
      text.count(where: { $0 == "$" }) == 1
    {
      return value
    }
    return .string(Redaction.mark)
  }

  /// A command without what stands behind options that are secret by name.
  private static func words(_ value: JSONValue) -> JSONValue {
    guard let elements = value.array else { return value }
    var secrets = SecretValues()
    secrets.take(words: elements.compactMap(\.string))
    return Redactor(secrets).applied(to: value)
  }
}
