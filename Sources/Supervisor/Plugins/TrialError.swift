/// Reads what a connector printed when it failed.
enum TrialError {
  /// Words of errors that come of a server or an account that is not there.
  private static let signs = [
    "nameresolution", "failed to resolve", "max retries", "connection refused", "connectionerror",
    "getaddrinfo", "name or service not known", "timed out", "timeout", "proxyerror",
    "cannot connect to proxy", "unable to connect", "could not connect", "can't connect",
    "connection error", "network is unreachable", "unauthorized", "forbidden", "httperror",
    "newconnectionerror", "remotedisconnected", "urlopen error", "temporary failure",
    "serverselectiontimeout", "clientconnector", "operationalerror", "no such file or directory",
    "could not be found", "nocredentials", "unable to locate credentials", "connecttimeout",
    "connecterror", "all attempts failed",
  ]

  /// Whether the connector would work with something that is not here.
  static func needsService(_ lines: [String]) -> Bool {
    let text = lines.suffix(40).joined(separator: "\n").lowercased()
    return signs.contains(where: text.contains)
  }

  /// Whether an error is one of the connector's code, which no settings would mend.
  static func isOfCode(_ line: String) -> Bool {
    let names = [
      "ModuleNotFoundError", "ImportError", "AttributeError: module", "SyntaxError", "NameError",
      "IndentationError",
    ]
    return names.contains { line.hasPrefix($0) }
  }

  /// The line that tells the error, short and without paths of this machine.
  static func line(_ lines: [String]) -> String? {
    let lines = lines.filter { !$0.allSatisfy(\.isWhitespace) }
    // An exception's line begins with its name; what follows may be advice.
    let exception = lines.last { line in
      guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else {
        return false
      }
      let name = line[..<colon]
      return !name.contains(" ") && (name.hasSuffix("Error") || name.hasSuffix("Exception"))
    }
    guard let line = exception ?? lines.last else { return nil }
    let plain = hidingPaths(line).map { $0.isWhitespace ? " " : $0 }
    return plain.count > 200 ? String(plain.prefix(199)) + "…" : String(plain)
  }

  /// A text with every absolute path of a file replaced.
  private static func hidingPaths(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "/") {
      let isStart =
        start == rest.startIndex || " '\"`(=[:".contains(rest[rest.index(before: start)])
      let path = rest[start...].prefix { !" '\"`)],;".contains($0) }
      let isHidden = isStart && !path.hasPrefix("//") && path.count { $0 == "/" } > 1
      result += rest[..<start] + (isHidden ? "…" : path)
      rest = rest[path.endIndex...]
    }
    return result + rest
  }
}
