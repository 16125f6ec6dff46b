internal import JSON
internal import Posix
internal import Secrets

/// Where a job's secrets are kept: one backend, and further ones by name.
package struct SecretSettings: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable { case env, filesystem, vault, aws, gcp }

  /// One backend as it is configured; its options are texts by their keys.
  package struct Backend: Hashable, Sendable {
    package var kind: Kind
    /// How many seconds an answer is kept.
    package var ttl = 300.0
    package var options: [String: String] = [:]

    package init(_ kind: Kind) { self.kind = kind }
  }

  package var main = Backend(.env)
  package var named: [String: Backend] = [:]
  /// The operator's file that it stands in; nil for the job's own.
  package var file: String?

  package init() {}

  package func backend(_ name: String?) -> Backend? { name.map { named[$0] } ?? main }

  /// The files and folders that hold secrets or what opens them, as they were written or found.
  var places: [String] {
    let options = ([main] + named.values).flatMap(\.options)
    return options.filter { SecretSettings.Backend.isPlace($0.key) }.map(\.value)
      + [file].compactMap(\.self)
  }
}

extension SecretSettings.Backend {
  /// Whether an option is a path.
  static func isPlace(_ key: String) -> Bool { key == "path" || key.hasSuffix("_file") }

  /// The keys that a backend of some kind has beside `backend` and `ttl`.
  static func keys(_ kind: SecretSettings.Kind) -> [String] {
    switch kind {
    case .env: []
    case .filesystem: ["path"]
    case .vault:
      [
        "address", "mount", "kv", "prefix", "namespace", "auth", "auth_mount", "role",
        "token_file", "role_id_file", "secret_id_file", "jwt_file",
      ]
    case .aws: ["region", "profile", "endpoint", "prefix"]
    case .gcp: ["project", "credentials_file", "endpoint", "prefix"]
    }
  }

  /// The backend itself; `home` is `DATIVO_HOME`.
  func open(home: String) throws(SecretError) -> any SecretBackend {
    switch kind {
    case .env: EnvironmentBackend()
    case .filesystem: FileBackend(options["path"] ?? "\(home)/secrets")
    case .vault: try vault()
    case .aws:
      AWSBackend(
        region: options["region"],
        endpoint: options["endpoint"],
        profile: options["profile"],
        prefix: options["prefix"] ?? "dativo"
      )
    case .gcp:
      GCPBackend(
        project: options["project"],
        credentials: options["credentials_file"],
        endpoint: options["endpoint"],
        prefix: options["prefix"] ?? "dativo"
      )
    }
  }

  private func vault() throws(SecretError) -> any SecretBackend {
    let variable = { (name: String) -> String? in
      ["VAULT_\(name)", "BAO_\(name)"].lazy.compactMap(Environment.value).first { !$0.isEmpty }
    }
    guard let address = options["address"] ?? variable("ADDR") else {
      throw .unusable("vault: say its `address`, or set VAULT_ADDR")
    }
    let authentication: VaultAuthentication
    switch options["auth"] {
    case "approle":
      authentication = .appRole(
        role: try value("role_id_file", variable("ROLE_ID"), "VAULT_ROLE_ID"),
        secret: try value("secret_id_file", variable("SECRET_ID"), "VAULT_SECRET_ID"),
        mount: options["auth_mount"] ?? "approle"
      )
    case "kubernetes":
      guard let role = options["role"] else {
        throw .unusable("vault: say the `role` to log in as")
      }
      authentication = .kubernetes(
        role: role,
        file: options["jwt_file"] ?? "/var/run/secrets/kubernetes.io/serviceaccount/token",
        mount: options["auth_mount"] ?? "kubernetes"
      )
    default:
      let own = "\(Environment.value("HOME") ?? "")/.vault-token"
      let token = variable("TOKEN")
      authentication = .token(
        file: options["token_file"] ?? (token == nil && Paths.isFile(own) ? own : nil),
        token.map { Secret(.string($0)) }
      )
    }
    return VaultBackend(
      address: address,
      mount: options["mount"] ?? "secret",
      isVersioned: options["kv"] != "1",
      prefix: options["prefix"] ?? "dativo",
      namespace: options["namespace"] ?? variable("NAMESPACE"),
      authentication
    )
  }

  private func value(
    _ key: String,
    _ variable: String?,
    _ name: String
  ) throws(SecretError) -> Secret {
    guard let path = options[key] else {
      guard let variable else { throw .unusable("vault: say `\(key)`, or set \(name)") }
      return Secret(.string(variable))
    }
    guard let bytes = try? Files.read(path) else {
      throw .unusable("vault: \(path) cannot be read")
    }
    return Secret(.string(String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }))
  }
}
