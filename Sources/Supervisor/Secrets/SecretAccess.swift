internal import JSON
internal import Posix
package import Secrets
internal import Synchronization
package import Wire

/// The secrets of one job as one of its runs asks for them: found, told to the redactor, and put
/// down in the access log.
package final class SecretAccess: Sendable {
  /// A secret that a plugin got.
  package struct Use: Hashable, Sendable {
    package let plugin: String
    package let reference: SecretReference
    /// The place as the backend calls it.
    package let place: String
    package let backend: String
    package let scope: String
    package let version: String?
  }

  let job: Job
  private let run: String?
  private let log: SecretLog
  private let noted = Mutex<[Use]>([])

  /// Stores are shared by all that this process does for a tenant: answers are kept there.
  private struct Key: Hashable {
    let backend: SecretSettings.Backend
    let home: String
    let tenant: String
  }

  private static let stores = Mutex<[Key: SecretStore]>([:])

  /// `run` is nil for what is asked outside of a run.
  package init(_ job: Job, run: String? = nil) {
    self.job = job
    self.run = run
    log = SecretLog(home: Home.ofSecrets(in: job.folder), job: job.pipeline, run: run)
  }

  /// What plugins have got, each once.
  package var uses: [Use] { noted.withLock { $0 } }

  /// The store that a reference is asked of.
  package func store(_ reference: SecretReference) throws(SecretError) -> SecretStore {
    guard let backend = job.secrets.backend(reference.backend) else {
      throw .unusable("no backend of secrets is called \"\(reference.backend ?? "")\"")
    }
    let key = Key(backend: backend, home: Home.ofSecrets(in: job.folder), tenant: job.tenant)
    if let store = Self.stores.withLock({ $0[key] }) { return store }
    let store = SecretStore(
      try backend.open(home: key.home),
      tenant: job.tenant,
      ttl: backend.ttl
    )
    return Self.stores.withLock { stores in
      if let other = stores[key] { return other }
      stores[key] = store
      return store
    }
  }

  /// Finds a secret for a plugin; what is found is redacted from then on.
  package func find(
    _ reference: SecretReference,
    for plugin: String
  ) throws(SecretError) -> SecretStore.Found {
    // From here on a crash must leave nothing behind.
    try? CrashReports.forbid()
    do throws(SecretError) {
      let store = try store(reference)
      let found = try store.find(reference)
      var values = SecretValues()
      values.take(secret: found.secret.revealed())
      Redactor.learn(values)
      let use = Use(
        plugin: plugin,
        reference: reference,
        place: Self.shown(found.place, found.key, store),
        backend: store.backend.name,
        scope: found.place.scope.word,
        version: found.version
      )
      noted.withLock { if !$0.contains(use) { $0.append(use) } }
      log.note(found.isStale ? "stale" : "read", use)
      return found
    } catch {
      log.note(error.word, reference, for: plugin)
      throw error
    }
  }

  /// Puts a new value where a secret came from, if its backend takes it.
  func write(
    _ value: JSONValue,
    over found: SecretStore.Found,
    _ reference: SecretReference,
    from plugin: String
  ) throws(SecretError) {
    let store = try store(reference)
    let place = try store.write(value, over: found)
    let use = Use(
      plugin: plugin,
      reference: reference,
      place: Self.shown(place, found.key, store),
      backend: store.backend.name,
      scope: place.scope.word,
      version: nil
    )
    log.note("written", use)
  }

  private static func shown(
    _ place: SecretPlace,
    _ key: String?,
    _ store: SecretStore
  ) -> String {
    store.backend.shown(place) + (key.map { "#\($0)" } ?? "")
  }
}

extension SecretAccess.Use {
  /// As run records have it.
  var json: JSONValue {
    var object: JSONObject = [
      "plugin": .string(plugin), "secret": .string(reference.text), "backend": .string(backend),
      "place": .string(place), "scope": .string(scope),
    ]
    object["version"] = version.map { .string($0) }
    return .object(object)
  }
}

extension Failure {
  /// A secret that is not to be had.
  package init(_ error: SecretError, _ reference: SecretReference) {
    let kind: Kind =
      switch error {
      case .missing, .unusable: .configuration
      case .refused: .credentials
      case .unavailable: .unavailable
      }
    self.init(
      kind,
      "\(reference.text): \(error.message)",
      hint: "`dativo secrets explain JOB` shows where each secret is sought."
    )
  }
}
