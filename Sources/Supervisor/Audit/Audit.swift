package import JSON
package import Sandbox

/// What a plugin really touched, beside what its description says that it needs.
package struct Audit: Sendable {
  package var name: String
  package var version: String?
  /// Files and folders outside of the system's, of its own and of its temporary ones.
  package var reads: [String]
  package var writes: [String]
  /// Paths that are there, and that it wanted and was not granted.
  package var refusedPaths: [String]
  package var hosts: [String]
  package var refusedHosts: [String]
  package var programs: [String]
  /// What its description grants of it all, with this configuration.
  package var declared: Policy

  /// Paths and hosts that it used and that its own description does not grant.
  package var undeclared: [String] {
    hosts.filter { text in
      guard let place = HostGrant(text), declared.network != .all else { return false }
      return !declared.hosts.contains { $0.covers(place) }
    }
      + reads.filter { path in
        !(declared.reads + declared.writes).contains { Place.isInside(path, $0) }
      } + writes.filter { path in !declared.writes.contains { Place.isInside(path, $0) } }
  }

  package var json: JSONValue {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    return [
      "plugin": .string(name), "version": version.map { .string($0) } ?? .null,
      "reads": list(reads), "writes": list(writes), "hosts": list(hosts),
      "programs": list(programs), "refused_paths": list(refusedPaths),
      "refused_hosts": list(refusedHosts), "undeclared": list(undeclared),
    ]
  }

  /// A line for each thing touched, with how it stands to the description.
  package var lines: [String] {
    let undeclared = Set(undeclared)
    func rows(_ kind: String, _ list: [String]) -> [[String]] {
      list.map { [kind, $0, undeclared.contains($0) ? "not declared" : "declared"] }
    }
    var table = rows("host", hosts) + rows("read", reads) + rows("write", writes)
    table += refusedHosts.map { ["host", $0, "wanted, refused"] }
    table += refusedPaths.map { ["path", $0, "wanted, refused"] }
    table += programs.map { ["program", $0, ""] }
    let unused = declared.hosts.map(\.description).filter { !hosts.contains($0) }
    table += unused.map { ["host", $0, "declared, not used"] }
    return TextTable.lines(table)
  }

  /// What this one touches that `former` did not, and the other way round.
  package func changes(since former: JSONValue) -> [String] {
    var lines: [String] = []
    for (key, now) in [
      ("hosts", hosts), ("reads", reads), ("writes", writes), ("programs", programs),
    ] {
      let then = Set((former[key]?.array ?? []).compactMap(\.string))
      lines += now.filter { !then.contains($0) }.map { "+ \(key): \($0)" }
      lines += then.subtracting(now).sorted().map { "- \(key): \($0)" }
    }
    return lines
  }
}
