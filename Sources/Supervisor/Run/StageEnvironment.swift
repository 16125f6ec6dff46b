internal import Posix
internal import Secrets

/// The environment that stages begin with: ours, without what belongs to one process.
package enum StageEnvironment {
  package static var base: [String: String] {
    var variables: [String: String] = [:]
    for (name, value) in Environment.all { variables[name] = value }
    variables["DATIVO_EVENTS_FD"] = nil
    variables["DATIVO_VERDICT_FD"] = nil
    variables[maskKey] = nil
    return variables.filter { !isSecretStores($0.key) }
  }

  /// What opens the stores of secrets, which only the supervisor asks.
  private static func isSecretStores(_ name: String) -> Bool {
    [EnvironmentBackend.prefix, "VAULT_", "BAO_"].contains { name.hasPrefix($0) }
  }

  // MARK: Programs of other people

  /// What opens clouds and stores, by the first letters of variables: a connector of ours may need it,
  /// one of other people gets what the job's `env` names.
  private static let credentials = [
    "AWS_", "AZURE_", "ARM_", "CLOUDSDK_", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS",
    "DATIVO_SECRETS",
  ]

  /// Variables without those that open clouds and stores.
  static func withoutCredentials(_ variables: [String: String]) -> [String: String] {
    variables.filter { variable in
      !isSecretStores(variable.key) && !credentials.contains(where: variable.key.hasPrefix)
    }
  }

  /// The names of those in our own environment.
  static var withheld: [String] {
    let all = Set(Environment.all.map(\.name))
    let given = Dictionary(all.map { ($0, "") }) { first, _ in first }
    return all.subtracting(withoutCredentials(given).keys).sorted()
  }

  /// What a program begins with.
  static func base(isOurs: Bool) -> [String: String] { isOurs ? base : withoutCredentials(base) }

  /// The same, by its file; `variables` are those to begin from.
  static func base(
    of executable: String,
    _ variables: [String: String] = StageEnvironment.base
  ) -> [String: String] {
    Enclosing.isOurs(executable) ? variables : withoutCredentials(variables)
  }

  /// The variable with the key for masked hashes, which is none of the connectors' business.
  private static let maskKey = "DATIVO_MASK_KEY"

  /// What a part of a run gets, which starts stages itself.
  static var withMaskKey: [String: String] {
    let all = Dictionary(Environment.all.map { ($0.name, $0.value) }) { first, _ in first }
    return variables(all.filter { isSecretStores($0.key) }.merging(base) { $1 }, of: .validate)
  }

  /// What a stage gets of `base`: the key is for the one that masks.
  static func variables(
    _ base: [String: String],
    of role: Plan.Stage.Role
  ) -> [String: String] {
    var variables = base
    if role == .validate { variables[maskKey] = Environment.value(maskKey) }
    return variables
  }
}
