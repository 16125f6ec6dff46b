internal import Posix
internal import Secrets
internal import Synchronization

extension Redactor {
  private static let learnt = Mutex((secrets: SecretValues(), redactor: Redactor()))

  /// The redactor of all that this process has learnt to be secret.
  package static var known: Redactor { learnt.withLock { $0.redactor } }

  /// Adds what is secret from now on; what has been learnt stays a secret.
  package static func learn(_ secrets: SecretValues) {
    learnt.withLock { learnt in
      let all = learnt.secrets.united(with: secrets)
      guard all != learnt.secrets else { return }
      learnt = (all, Redactor(all))
    }
  }

  /// Adds the secrets in this process's own variables, which stages inherit.
  package static func learnEnvironment() {
    var secrets = SecretValues()
    for (name, value) in Environment.all where value.utf8.count >= 8 {
      let isStored = name.hasPrefix(EnvironmentBackend.prefix)
      if isStored || Redaction.isSecret(name) || name == "DATIVO_MASK_KEY" { secrets.take(value) }
    }
    learn(secrets)
  }
}
