package import JSON
package import Net
internal import Posix
internal import Synchronization

/// Google Secret Manager.
///
/// Its names have no slashes: `pg/password` of the tenant acme is the key `password` of the secret
/// `PREFIX-tenant-acme__pg`, whose text is a JSON object, or the secret
/// `PREFIX-tenant-acme__pg__password`; of all tenants `PREFIX-global__pg`. In a tenant's name `_`
/// is written `_5F`.
///
/// https://cloud.google.com/secret-manager/docs/reference/rest
package final class GCPBackend: SecretBackend {
  private let endpoint: String
  private let prefix: String
  private let token: GoogleToken
  private let exchange: Exchange
  private let project: Mutex<String?>

  package let name = "gcp"
  package let canWrite = true

  package init(
    project: String?,
    credentials: String? = nil,
    endpoint: String? = nil,
    prefix: String = "dativo",
    policy: RetryPolicy = RetryPolicy(attempts: 5)
  ) {
    self.endpoint = endpoint ?? "https://secretmanager.googleapis.com"
    self.prefix = prefix
    self.project = Mutex(project ?? Environment.value("GOOGLE_CLOUD_PROJECT"))
    exchange = Exchange(server: name, policy: policy)
    token = GoogleToken(exchange, file: credentials)
  }

  package func shown(_ place: SecretPlace) -> String {
    let scope =
      switch place.scope {
      case .tenant(let name): "tenant-\(SecretPlace.flat(tenant: name, keeps: Self.isPlain))"
      case .global: "global"
      }
    let path = place.path.map { String($0.map { $0 == "." ? "-" : $0 }) }.joined(separator: "__")
    return "\(prefix)-\(scope)__\(path)"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }

  package func read(
    _ place: SecretPlace,
    version: String?
  ) throws(SecretError) -> SecretDocument? {
    var number = 0
    while true {
      number += 1
      let path = try "\(secret(place))/versions/\(version ?? "latest"):access"
      let answer = try send("GET", path, nil, place)
      if answer.status == 404 { return nil }
      let value = try exchange.value(answer)
      guard let bytes = value["payload"]?["data"]?.string.flatMap(Base64.decode) else {
        throw .unusable("gcp: the answer for \(shown(place)) has no data")
      }
      let sum = value["payload"]?["dataCrc32c"]
      if let text = sum?.string ?? sum?.number?.text, text != "\(CRC32C.of(bytes))" {
        guard exchange.policy.waits(after: number) else {
          throw .unavailable("gcp: \(shown(place)) came damaged, \(number) times")
        }
        continue
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .unusable("gcp: \(shown(place)) is not UTF-8 text")
      }
      let name = value["name"]?.string?.split(separator: "/").last.map(String.init)
      return SecretDocument(text: text, version: name)
    }
  }

  package func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    let new = Self.replaced(try read(place, version: nil), key: key, by: value)
    let bytes = Array((new.string ?? new.encoded()).utf8)
    let body: JSONValue = [
      "payload": [
        "data": .string(Base64.encode(bytes)), "dataCrc32c": .string("\(CRC32C.of(bytes))"),
      ]
    ]
    let answer = try send("POST", "\(secret(place)):addVersion", body, place)
    if answer.status == 404 { throw .missing("gcp has no secret \(shown(place)) any more") }
  }

  private func secret(_ place: SecretPlace) throws(SecretError) -> String {
    var name = project.withLock { $0 }
    if name == nil {
      name = try token.project()
      project.withLock { $0 = name }
    }
    guard let name else { throw .unusable("gcp: say which `project` the secrets are in") }
    return "\(endpoint)/v1/projects/\(name)/secrets/\(shown(place))"
  }

  /// An answer of success or 404; a token that is refused is fetched anew once.
  private func send(
    _ method: String,
    _ url: String,
    _ body: JSONValue?,
    _ place: SecretPlace
  ) throws(SecretError) -> HTTP.Response {
    for isLast in [false, true] {
      let token = try token.text()
      let answer = try exchange.send { () throws(SecretError) in
        try Exchange.request(
          method,
          url,
          body,
          headers: [(name: "authorization", value: "Bearer \(token)")]
        )
      }
      switch answer.status {
      case 200, 404: return answer
      case 401 where !isLast: self.token.forget()
      case 401, 403: throw .refused("gcp refused \(shown(place)) (\(Self.status(answer)))")
      default:
        throw .unusable("gcp answered \(Self.status(answer)) for \(shown(place))")
      }
    }
    throw .refused("gcp refused \(shown(place))")
  }

  private static func status(_ answer: HTTP.Response) -> String {
    (try? JSONValue.parse(answer.body))?["error"]?["status"]?.string ?? "\(answer.status)"
  }
}
