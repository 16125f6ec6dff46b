internal import Glibc
package import JSON

/// The hosts and the paths that a plugin's configuration names: whoever wrote it there has granted
/// them.
package struct ConfigGrants {
  package private(set) var hosts: [HostGrant] = []
  /// Files and folders that are there.
  package private(set) var existing: [String] = []
  private let config: JSONObject
  private let folder: String

  package init(_ config: JSONObject, folder: String) {
    self.config = config
    self.folder = folder
    walk(.object(config), depth: 0)
  }

  private static let hostKeys: Set<String> = [
    "host", "hostname", "server", "address", "db_host", "server_host", "endpoint", "domain",
  ]
  private static let portKeys = ["port", "db_port", "server_port"]

  private mutating func walk(_ value: JSONValue, depth: Int) {
    guard depth < 16 else { return }
    switch value {
    case .object(let object):
      for (key, member) in object.members {
        if Self.hostKeys.contains(key.lowercased()), let host = member.string {
          for port in Self.ports(object) {
            if let grant = HostGrant("\(HostGrant.bracketed(host)):\(port)") { hosts.append(grant) }
          }
        }
        walk(member, depth: depth + 1)
      }
    case .array(let values): for member in values { walk(member, depth: depth + 1) }
    case .string(let text):
      hosts += Self.hosts(inURL: Self.withoutReferences(text))
      if let path = path(text) { existing.append(path) }
    default: break
    }
  }

  /// A text with a sign that no host has in the place of each `${…}`: a password may stand there.
  private static func withoutReferences(_ text: String) -> String {
    var plain = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${"),
      let close = rest[open.upperBound...].firstIndex(of: "}")
    {
      plain += rest[..<open.lowerBound] + "$"
      rest = rest[rest.index(after: close)...]
    }
    return plain + rest
  }

  private static func ports(_ object: JSONObject) -> [String] {
    for key in portKeys {
      guard let value = object[key], let text = value.string ?? value.number?.text else { continue }
      return [text]
    }
    return ["443"]
  }

  private static let schemes: [String: UInt16] = [
    "http": 80, "https": 443, "ws": 80, "wss": 443, "postgres": 5432, "postgresql": 5432,
    "mysql": 3306, "mariadb": 3306, "mongodb": 27017, "redis": 6379, "rediss": 6379, "sftp": 22,
    "ssh": 22, "ftp": 21, "amqp": 5672, "amqps": 5671, "mssql": 1433, "oracle": 1521,
    "clickhouse": 9000, "crate": 4200, "snowflake": 443, "ldap": 389, "ldaps": 636, "smtp": 25,
    "imap": 143, "imaps": 993,
  ]

  /// The hosts of an address such as `postgresql+psycopg://user:pass@a:1,b:2/x`, or of `a:1,b:2`.
  package static func hosts(inURL text: String) -> [HostGrant] {
    guard text.utf8.count < 4096, !text.contains("\n") else { return [] }
    guard let mark = text.firstRange(of: "://") else {
      let entries = text.split(separator: ",")
      let grants = entries.compactMap { $0.contains(":") ? HostGrant(String($0)) : nil }
      // A time of day, or a word with a number, names no host: there is a dot, or it is ours.
      let isPlausible = entries.allSatisfy {
        $0.contains(".") || $0.hasPrefix("localhost:") || $0.hasPrefix("[")
      }
      return grants.count == entries.count && isPlausible ? grants : []
    }
    let scheme = text[..<mark.lowerBound].prefix { $0 != "+" }.lowercased()
    var authority = text[mark.upperBound...].prefix { !"/?#".contains($0) }
    if let at = authority.lastIndex(of: "@") {
      authority = authority[authority.index(after: at)...]
    }
    return authority.split(separator: ",").compactMap { entry in
      if entry.contains(":"), !entry.hasSuffix("]") { return HostGrant(String(entry)) }
      return schemes[scheme].flatMap { HostGrant("\(entry):\($0)") }
    }
  }

  /// An entry with the values of its settings; nil where one is not set.
  func filled(_ entry: String) -> String? {
    var text = ""
    var rest = entry[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      text += rest[..<open]
      guard let value = setting(String(rest[rest.index(after: open)..<close])),
        let filled = value.string ?? value.number?.text
      else { return nil }
      text += HostGrant.bracketed(filled)
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  /// The paths that an entry of `paths` means: a path, or the setting of that name.
  func paths(_ entry: String) -> [String] {
    if entry.hasPrefix("/") || entry.hasPrefix("./") {
      return [Place.absolute(entry, from: folder)]
    }
    guard let value = setting(entry) else { return [] }
    return Self.texts(value, depth: 0).map(place)
  }

  private func setting(_ name: String) -> JSONValue? {
    if let value = config[name] { return value }
    var value = JSONValue.object(config)
    for part in name.split(separator: ".") {
      guard let member = value[String(part)] else { return nil }
      value = member
    }
    return value
  }

  private static func texts(_ value: JSONValue, depth: Int) -> [String] {
    guard depth < 16 else { return [] }
    switch value {
    case .string(let text): return text.isEmpty || text.contains("://") ? [] : [text]
    case .array(let values): return values.flatMap { texts($0, depth: depth + 1) }
    // Of an object what names a path: other members are words.
    case .object(let object):
      return object.members.filter { $0.key.contains("path") || $0.key.contains("file") }
        .flatMap { texts($0.value, depth: depth + 1) }
    default: return []
    }
  }

  /// The absolute path; of a pattern the folder before its first sign.
  private func place(_ text: String) -> String {
    var text = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
    if let sign = text.firstIndex(where: { "*?[".contains($0) }) {
      text = text[..<sign].lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
    }
    return Place.absolute(text, from: folder)
  }

  /// The path that a value names, if there is something, and not everything.
  private func path(_ text: String) -> String? {
    guard !text.isEmpty, text.utf8.count < 4096, !text.contains("\n"), !text.contains("\0"),
      text.hasPrefix("file://") || !text.contains("://")
    else { return nil }
    let path = place(text)
    guard !ProgramFiles.isTooMuch(path), !SystemFolders.hold(path),
      unsafe access(path, F_OK) == 0
    else { return nil }
    return path
  }
}
