package import JSON

/// What a plugin's description says that it needs: `permissions` in `plugin.yaml`.
///
/// It speaks of the plugin, not of a run: settings are named, and filled in by `policy`.
package struct Permissions: Hashable, Sendable {
  /// The keys; `schemas/plugin.schema.json` has the same.
  package static let keys = ["hosts", "paths", "write", "secrets", "exact", "limits"]

  /// `api.example.com`, `*.example.com:443`, `{host}:{port}`, `{api_url}`; `*` is all.
  package var hosts: [String] = []
  /// Settings that name files or folders, or their paths.
  package var paths: [String] = []
  /// The same, of what is written to.
  package var write: [String] = []
  /// Settings that are secrets.
  package var secrets: [String] = []
  /// Whether this is all: else what the configuration names is granted as well.
  package var isExact = false
  package var limits: [String: JSONValue] = [:]

  package init() {}

  /// Something in it that cannot be.
  package struct Problem: Error {
    /// The key concerned, and in it the entry.
    package let path: [String]
    package let message: String
    package let hint: String
  }

  package var isEmpty: Bool { self == Permissions() }

  /// Reads the mapping; unknown keys are left to whoever has read the document.
  package init(_ value: JSONValue) throws(Problem) {
    hosts = Self.texts(value["hosts"])
    paths = Self.texts(value["paths"])
    write = Self.texts(value["write"])
    secrets = Self.texts(value["secrets"])
    isExact = value["exact"]?.bool ?? false
    for host in hosts where host != "*" && !host.contains("{") {
      if HostGrant(host) == nil {
        throw Problem(
          path: ["hosts"],
          message: "\"\(host)\" is no host",
          hint: "Write `api.example.com`, `db.example.com:5432`, `*.example.com:443` or "
            + "`{host}:{port}`, which takes settings."
        )
      }
    }
    var tried = Limits()
    for (key, limit) in value["limits"]?.object?.members ?? [] {
      guard tried.set(key, limit) else {
        throw Problem(
          path: ["limits", key],
          message: Limits.keys.contains(key)
            ? "\"\(limit.string ?? limit.encoded())\" is no \(key)"
            : "\"\(key)\" is no limit",
          hint: "Write `limits: {memory: 512MiB, processes: 64, cpu: 0.5, file_size: 1GiB, "
            + "open_files: 256, time: 2h, scratch: 256MiB}`, any of them."
        )
      }
      limits[key] = limit
    }
  }

  /// The mapping, as `plugin.yaml` has it.
  package var json: JSONValue {
    var object = JSONObject()
    for (key, texts) in [
      ("hosts", hosts), ("paths", paths), ("write", write), ("secrets", secrets),
    ]
    where !texts.isEmpty {
      object[key] = .array(texts.map { .string($0) })
    }
    if isExact { object["exact"] = true }
    let set = Limits.keys.compactMap { key in limits[key].map { (key: key, value: $0) } }
    if !set.isEmpty { object["limits"] = .object(JSONObject(set)) }
    return .object(object)
  }

  private static func texts(_ value: JSONValue?) -> [String] {
    value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
  }

  /// What a run with this configuration is granted.
  ///
  /// Relative paths start from `folder`; `writes` says that what the configuration names is written
  /// to, as a target does.
  package func policy(_ config: JSONObject, folder: String, writes: Bool) -> Policy {
    let named = ConfigGrants(config, folder: folder)
    var policy = Policy()
    for (key, value) in limits { _ = policy.limits.set(key, value) }
    var hosts = self.hosts.flatMap { Self.hosts($0, named) }
    if !isExact { hosts += named.hosts }
    policy.network = self.hosts.contains("*") ? .all : .hosts(Self.unique(hosts))
    policy.reads = paths.flatMap { named.paths($0) }
    policy.writes = write.flatMap { named.paths($0) }
    if !isExact {
      if writes { policy.writes += named.existing } else { policy.reads += named.existing }
    }
    if writes, write.isEmpty {
      policy.writes += policy.reads
      policy.reads = []
    }
    policy.reads = Place.outermost(policy.reads)
    policy.writes = Place.outermost(policy.writes)
    return policy
  }

  /// The paths that an entry of `paths` means with a configuration.
  package static func paths(of entry: String, _ config: JSONObject, folder: String) -> [String] {
    ConfigGrants(config, folder: folder).paths(entry)
  }

  private static func hosts(_ entry: String, _ named: ConfigGrants) -> [HostGrant] {
    guard entry.contains("{") else { return HostGrant(entry).map { [$0] } ?? [] }
    guard let text = named.filled(entry) else { return [] }
    return HostGrant(text).map { [$0] } ?? ConfigGrants.hosts(inURL: text)
  }

  private static func unique(_ hosts: [HostGrant]) -> [HostGrant] {
    var seen: Set<HostGrant> = []
    return hosts.filter { seen.insert($0).inserted }
  }
}
