internal import JSON

/// What the rules of a contract said of a stream beyond the records that they refused: rules that
/// were broken by the stream as a whole, warnings, and rules that were not judged.
package struct RuleRemarks: Sendable, Hashable {
  private struct Broken: Sendable, Hashable {
    let value: JSONValue
    let text: String
    let isError: Bool
  }

  private var broken: [Broken] = []
  private var skipped: [JSONValue] = []

  package init() {}

  /// Reads what the middle stage reports of a stream.
  init(_ stream: JSONValue) {
    for rule in stream["end_rules"]?.array ?? [] where rule["passed"]?.bool == false {
      let unit = rule["unit"]?.string.map { $0 == "rows" ? "" : " \($0)" } ?? ""
      let actual = rule["actual"]?.number.map { "is \($0.text)\(unit)" } ?? "is too much"
      broken.append(
        Broken(
          value: rule,
          text: "\(Self.name(rule)) \(actual), expected \(rule["expected"]?.string ?? "less")",
          isError: rule["severity"]?.string != "warning"
        )
      )
    }
    for rule in stream["violations"]?.array ?? [] where rule["severity"]?.string == "warning" {
      let count = Int(rule["count"]?.number?.int64 ?? 0)
      broken.append(
        Broken(
          value: rule,
          text: "\(Self.name(rule)) is broken by \(Figures.things(count, "record"))",
          isError: false
        )
      )
    }
    skipped = stream["skipped"]?.array ?? []
  }

  private static func name(_ rule: JSONValue) -> String {
    let place = rule["pointer"]?.string ?? ""
    return "\(rule["rule"]?.string ?? "a rule")\(place.isEmpty ? "" : " of \(place)")"
  }

  /// Whether a rule of severity error was broken by the stream as a whole.
  var isBroken: Bool { broken.contains(where: \.isError) }

  /// For the record of a run; absent where there is nothing to say.
  var members: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    if !broken.isEmpty { members.append(("broken_rules", .array(broken.map(\.value)))) }
    if !skipped.isEmpty { members.append(("skipped_rules", .array(skipped))) }
    return members
  }

  /// What the user reads of them.
  func lines(_ stream: String) -> [String] {
    var lines = broken.map { rule in
      "\(rule.isError ? "rule broken" : "warning"): \(stream): \(rule.text)"
    }
    if !skipped.isEmpty {
      let names = skipped.map { "\(Self.name($0)) (\($0["reason"]?.string ?? "no reason"))" }
      lines.append(
        "\(stream): \(Figures.things(skipped.count, "rule")) not judged: "
          + names.prefix(3).joined(separator: "; ")
          + (names.count > 3 ? "; `dativo runs show last --json` has the others" : "")
      )
    }
    return lines
  }
}
