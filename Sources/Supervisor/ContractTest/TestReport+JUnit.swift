extension TestReport {
  /// The report as JUnit XML: a suite for each object, a case for each check.
  package var junit: String {
    let groups = grouped
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"dativo contract test\"\(Self.counts(checks))>",
    ]
    for (object, checks) in groups {
      let name = object.isEmpty ? "data" : object
      lines.append("  <testsuite name=\(Markup.attribute(name))\(Self.counts(checks))>")
      lines += [
        "    <properties>",
        "      <property name=\"contract.id\" value=\(Markup.attribute(contract.id))/>",
        "      <property name=\"contract.version\" value=\(Markup.attribute(contract.version))/>",
        "    </properties>",
      ]
      for check in checks { lines += Self.testcase(check, contract.id, name) }
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n")
  }

  /// The checks of each object, in order; first those of none.
  var grouped: [(object: String, checks: [TestCheck])] {
    var groups: [(object: String, checks: [TestCheck])] = []
    for check in checks {
      if let index = groups.firstIndex(where: { $0.object == check.object }) {
        groups[index].checks.append(check)
      } else {
        groups.append((check.object, [check]))
      }
    }
    return groups
  }

  private static func counts(_ checks: [TestCheck]) -> String {
    let failures = checks.count { $0.status == .failed }
    let skipped = checks.count { $0.status == .skipped }
    return " tests=\"\(checks.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
      + " time=\"0\""
  }

  private static func testcase(_ check: TestCheck, _ contract: String, _ suite: String) -> [String]
  {
    let name = check.field.isEmpty ? check.ruleText : "\(check.field): \(check.ruleText)"
    let head =
      "    <testcase classname=\(Markup.attribute("\(contract).\(suite)")) "
      + "name=\(Markup.attribute(name)) time=\"0\""
    let place = [check.data, check.place].compactMap { $0?.isEmpty == false ? $0 : nil }
      .joined(separator: ", ")
    let detail = "\(check.count) × \(check.message)\(place.isEmpty ? "" : ", first in \(place)")"
    let message = Markup.attribute(check.message)
    switch check.status {
    case .passed: return ["\(head)/>"]
    case .failed:
      return [
        "\(head)>",
        "      <failure type=\(Markup.attribute(check.rule)) message=\(message)>"
          + "\(Markup.text(detail))</failure>",
        "    </testcase>",
      ]
    case .skipped: return ["\(head)>", "      <skipped message=\(message)/>", "    </testcase>"]
    case .warning:
      return [
        "\(head)>", "      <system-out>\(Markup.text("warning: \(detail)"))</system-out>",
        "    </testcase>",
      ]
    }
  }
}
