internal import Commits
internal import JSON

/// What tells one source of data from another: the tap, and the settings that say where its data
/// come from.
///
/// A STATE is worth nothing for another source. Settings that only say how to read (a page size, a
/// user agent) and secrets have no part in it, so that they may change.
package enum Fingerprint {
  /// Names of settings, in lower case without `_` and `-`, that say where data come from.
  private static let identifying: Set<String> = [
    "account", "accountid", "accounts", "apiurl", "baseurl", "bucket", "company", "database",
    "databasename", "dataset", "datasetid", "db", "dbname", "dbs", "directory", "domain",
    "endpoint", "file", "filepath", "filename", "files", "folder", "glob", "host", "hostname",
    "instance", "organization", "organizationid", "org", "path", "paths", "port", "prefix",
    "project", "projectid", "projects", "repo", "repository", "repositories", "server", "shop",
    "site", "siteurl", "spreadsheetid", "stream", "subdomain", "tenant", "uri", "url", "urls",
    "warehouse", "workspace", "workspaceid",
  ]

  /// `tap-csv:` and the first digits of a hash.
  package static func of(_ source: Job.Connector, name: String) -> String {
    var parts: [String] = []
    if case .command(let words) = source.program { parts += words.map(lastComponent) }
    collect(.object(source.config), [], isInside: false, &parts)
    collect(.object(source.identity), ["partition"], isInside: false, takesAll: true, &parts)
    let digest = Digest.hex(Array(([name] + parts).joined(separator: "\n").utf8))
    return "\(name):\(digest.prefix(16))"
  }

  /// Adds the values of settings that identify the data, or of all that are no secrets, each with
  /// its place, sorted by key.
  private static func collect(
    _ value: JSONValue,
    _ path: [String],
    isInside: Bool,
    takesAll: Bool = false,
    _ parts: inout [String]
  ) {
    switch value {
    case .object(let object):
      for (key, value) in object.sorted(by: { $0.key < $1.key }) where !Redaction.isSecret(key) {
        let plain = key.lowercased().filter { $0 != "_" && $0 != "-" }
        let isInside = identifying.contains(plain)
        collect(value, path + [key], isInside: isInside, takesAll: takesAll, &parts)
      }
    case .array(let elements):
      for element in elements {
        collect(element, path, isInside: isInside, takesAll: takesAll, &parts)
      }
    default:
      guard isInside || takesAll else { return }
      parts.append("\(path.joined(separator: "."))=\(Redaction.withoutUser(value).encoded())")
    }
  }

  /// A program that was moved is still the same program.
  private static func lastComponent(_ word: String) -> String {
    word.split(separator: "/").last.map(String.init) ?? word
  }
}
