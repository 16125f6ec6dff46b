internal import Posix

/// An installed distribution, as the files of its environment describe it.
struct Distribution {
  /// Headers of its METADATA, by lower-case name; those that may repeat keep all values.
  private var headers: [String: [String]] = [:]
  /// The names of its console scripts.
  private(set) var scripts: [String] = []

  /// Nil where the environment has no such distribution.
  init?(_ package: String, in environment: String) {
    let libraries = Paths.glob("\(environment)/lib/python*/site-packages")
    let wanted = PythonPackage.normal(package)
    for library in libraries {
      for name in Paths.names(in: library) where name.hasSuffix(".dist-info") {
        let stem = name.dropLast(".dist-info".count).prefix { $0 != "-" }
        guard PythonPackage.normal(String(stem)) == wanted else { continue }
        guard let metadata = try? Files.read("\(library)/\(name)/METADATA") else { continue }
        read(String(decoding: metadata, as: UTF8.self))
        let points = (try? Files.read("\(library)/\(name)/entry_points.txt")) ?? []
        scripts = Self.scripts(String(decoding: points, as: UTF8.self))
        return
      }
    }
    return nil
  }

  var version: String? { first("version") }
  var summary: String? { first("summary") }
  var python: String? { first("requires-python") }

  /// The licence: an expression, what the author wrote if that is short, or the classifier's name.
  var license: String? {
    if let expression = first("license-expression") { return expression }
    if let text = first("license"), text.count <= 40 { return text }
    let classifier = headers["classifier"]?.first { $0.hasPrefix("License ::") }
    return classifier?.split(separator: ":").last.map { $0.trimmed }
  }

  var maintainer: String? {
    first("maintainer") ?? first("author") ?? first("maintainer-email").map(Self.person)
      ?? first("author-email").map(Self.person)
  }

  /// Its own page, else the first of those that point to its source or documentation.
  var homepage: String? {
    if let page = first("home-page") { return page }
    let urls = (headers["project-url"] ?? []).compactMap { entry -> (String, String)? in
      guard let comma = entry.firstIndex(of: ",") else { return nil }
      return (entry[..<comma].lowercased(), entry[entry.index(after: comma)...].trimmed)
    }
    for label in ["homepage", "repository", "source", "source code", "documentation"] {
      if let url = urls.first(where: { $0.0 == label }) { return url.1 }
    }
    return urls.first?.1
  }

  private func first(_ name: String) -> String? {
    headers[name]?.first { !$0.isEmpty && $0 != "UNKNOWN" && $0 != "None" }
  }

  /// The headers, up to the first empty line; what goes on over several lines keeps its first.
  private mutating func read(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { return }
      guard let first = line.first, first != " ", first != "\t",
        let colon = line.firstIndex(of: ":")
      else { continue }
      let value = line[line.index(after: colon)...].trimmed
      headers[line[..<colon].lowercased(), default: []].append(value)
    }
  }

  private static func scripts(_ text: String) -> [String] {
    var names: [String] = []
    var isWanted = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("[") {
        isWanted = line.hasPrefix("[console_scripts]")
      } else if isWanted, let equals = line.firstIndex(of: "=") {
        names.append(line[..<equals].trimmed)
      }
    }
    return names
  }

  /// `Ada <ada@example.org>` without the address.
  private static func person(_ text: String) -> String {
    let name = text.prefix { $0 != "<" }.filter { $0 != "\"" }
    let trimmed = Substring(name).trimmed
    return trimmed.isEmpty ? text : trimmed
  }
}

extension Substring {
  /// Without white space at the ends.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
