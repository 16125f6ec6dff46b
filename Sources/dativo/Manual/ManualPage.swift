import JSON

/// The manual page of one command, in the mdoc language, drawn from what its parser says of itself.
struct ManualPage {
  /// The words of the command, joined by `-`, as pages are called.
  let name: String
  /// The page's text.
  let text: String

  /// A page for the command and for each one below it.
  static func all(_ dump: JSONValue, version: String, date: String) -> [ManualPage] {
    dump["command"].map { pages($0, above: [], version: version, date: date) } ?? []
  }

  private static func pages(
    _ command: JSONValue,
    above: [String],
    version: String,
    date: String
  ) -> [ManualPage] {
    let words = above + [command["commandName"]?.string ?? ""]
    let inner = (command["subcommands"]?.array ?? []).filter {
      $0["shouldDisplay"]?.bool ?? true && $0["commandName"]?.string != "help"
    }
    let page = ManualPage(command, words, inner, version: version, date: date)
    return [page]
      + inner.flatMap { pages($0, above: words, version: version, date: date) }
  }

  private init(
    _ command: JSONValue,
    _ words: [String],
    _ inner: [JSONValue],
    version: String,
    date: String
  ) {
    let name = words.joined(separator: "-")
    self.name = name
    var lines = [
      ".Dd \(date)", ".Dt \(name.uppercased()) 1", ".Os \(version)", ".Sh NAME", ".Nm \(name)",
      ".Nd \(Self.plain(command["abstract"]?.string ?? ""))",
    ]
    let arguments = (command["arguments"]?.array ?? []).filter { $0["shouldDisplay"]?.bool ?? true }
    lines += [".Sh SYNOPSIS", ".Nm \(words.joined(separator: " "))"]
    lines += arguments.map(Self.synopsis)
    if !inner.isEmpty { lines += [".Ar command", ".Op Ar argument ..."] }
    let sections = ManualText(command["discussion"]?.string ?? "")
    lines.append(".Sh DESCRIPTION")
    lines +=
      sections.description.isEmpty
      ? [Self.plain(command["abstract"]?.string ?? "")] : sections.description
    if !inner.isEmpty {
      lines += [".Sh COMMANDS", ".Bl -tag -width 12n"]
      for one in inner {
        lines += [
          ".It Cm \(one["commandName"]?.string ?? "")", Self.plain(one["abstract"]?.string ?? ""),
        ]
      }
      lines.append(".El")
    }
    if !arguments.isEmpty {
      lines += [".Sh OPTIONS", ".Bl -tag -width 6n"]
      for argument in arguments { lines += Self.item(argument) }
      lines.append(".El")
    }
    lines += sections.rest
    let others =
      words.dropLast().isEmpty ? [] : [words.dropLast().joined(separator: "-")]
    let also = (others + inner.map { "\(name)-\($0["commandName"]?.string ?? "")" }).sorted()
    if !also.isEmpty {
      lines.append(".Sh SEE ALSO")
      lines += also.enumerated().map { ".Xr \($1) 1\($0 + 1 < also.count ? " ," : "")" }
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func synopsis(_ argument: JSONValue) -> String {
    var words = name(argument["preferredName"])
    if argument["kind"]?.string != "flag" {
      words += " Ar \(plain(argument["valueName"]?.string ?? "value"))"
      if argument["isRepeating"]?.bool == true { words += " ..." }
    }
    words = words.trimmingSpaces
    return argument["isOptional"]?.bool == true ? ".Op \(words)" : ".\(words)"
  }

  private static func item(_ argument: JSONValue) -> [String] {
    let names = (argument["names"]?.array ?? []).map { name($0) }
    let value =
      argument["kind"]?.string == "flag"
      ? "" : " Ar \(plain(argument["valueName"]?.string ?? "value"))"
    let forms = names.isEmpty ? [value.trimmingSpaces] : names.map { $0 + value }
    var lines = [".It \(forms.joined(separator: " , "))"]
    var help = plain(argument["abstract"]?.string ?? "")
    if let standard = argument["defaultValue"]?.string, !standard.isEmpty {
      help += " Default: \(plain(standard))."
    }
    if let choices = argument["allValues"]?.array, !choices.isEmpty {
      let names = choices.compactMap(\.string).joined(separator: ", ")
      help += " One of \(plain(names))."
    }
    if !help.isEmpty { lines.append(help) }
    return lines
  }

  private static func name(_ name: JSONValue?) -> String {
    guard let text = name?["name"]?.string else { return "" }
    return "Fl \(name?["kind"]?.string == "long" ? "\\-" : "")\(plain(text))"
  }

  /// A date such as `2026-11-20` as manual pages have it.
  static func date(_ day: String) -> String {
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    let parts = day.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return day }
    return "\(months[parts[1] - 1]) \(parts[2]), \(parts[0])"
  }

  /// Text that no macro and no escape is read in.
  static func plain(_ text: String) -> String {
    let escaped = text.split(separator: "\\", omittingEmptySubsequences: false)
      .joined(separator: "\\e").split(separator: "\n").joined(separator: " ")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
