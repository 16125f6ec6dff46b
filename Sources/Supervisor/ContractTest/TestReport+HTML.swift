extension TestReport {
  /// The report as one page that needs nothing else, and runs nothing.
  package var html: String {
    let verdict = hasFailed ? "failed" : "passed"
    var lines = [
      "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
      "<meta http-equiv=\"Content-Security-Policy\" "
        + "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
      "<title>\(Markup.text("\(contract.id): \(verdict)"))</title>",
      "<style>\(Self.style)</style>", "</head>", "<body>",
      "<h1>\(Markup.text(contract.id)) \(Markup.text(contract.version))"
        + " <span class=\"\(verdict)\">\(verdict)</span></h1>",
      "<p>\(Markup.text(contract.file)), held against \(Markup.text(data.joined(separator: ", ")))</p>",
      "<p>\(Markup.text(summary))</p>",
    ]
    for (object, checks) in grouped {
      lines += [
        "<h2>\(Markup.text(object.isEmpty ? "data" : object))</h2>", "<table>",
        "<thead><tr><th>status</th><th>field</th><th>rule</th><th>count</th><th>first</th>"
          + "<th>message</th></tr></thead>",
        "<tbody>",
      ]
      lines += checks.map(Self.row)
      lines += ["</tbody>", "</table>"]
    }
    lines += ["</body>", "</html>"]
    return lines.joined(separator: "\n")
  }

  private static func row(_ check: TestCheck) -> String {
    let status = check.status.rawValue
    let cells = [
      check.field, check.ruleText, check.count > 0 ? "\(check.count)" : "", check.place,
      check.message,
    ]
    return "<tr><td class=\"\(status)\">\(status)</td>"
      + cells.map { "<td>\(Markup.text($0))</td>" }.joined() + "</tr>"
  }

  private static let style = """
    body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}\
    table{border-collapse:collapse;width:100%}\
    th,td{border-bottom:1px solid #8884;padding:.25em .75em .25em 0;text-align:left;\
    vertical-align:top;overflow-wrap:anywhere}\
    .passed{color:#187a35}.failed{color:#c1121f;font-weight:bold}.warning{color:#9a6200}\
    .skipped{color:#777}
    """
}
