package import JSON
package import Net

/// The key-value engines of HashiCorp Vault and OpenBao, versions 1 and 2.
///
/// `pg/password` of the tenant acme is the key `password` of `MOUNT/PREFIX/tenants/acme/pg`.
///
/// https://openbao.org/api-docs/secret/kv/kv-v2/
package struct VaultBackend: SecretBackend {
  private let address: String
  private let mount: String
  private let isVersioned: Bool
  private let prefix: String
  private let headers: [(name: String, value: String)]
  private let login: VaultLogin
  private let exchange: Exchange

  package let name: String
  package let canWrite = true

  package init(
    address: String,
    mount: String = "secret",
    isVersioned: Bool = true,
    prefix: String = "dativo",
    namespace: String? = nil,
    policy: RetryPolicy = RetryPolicy(attempts: 5),
    _ authentication: VaultAuthentication
  ) {
    self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    self.mount = mount
    self.isVersioned = isVersioned
    self.prefix = prefix
    name = "vault \(self.address)"
    var headers = [(name: "x-vault-request", value: "true")]
    if let namespace { headers.append((name: "x-vault-namespace", value: namespace)) }
    self.headers = headers
    exchange = Exchange(server: name, policy: policy)
    login = VaultLogin(exchange, address: self.address, headers: headers, authentication)
  }

  package func shown(_ place: SecretPlace) -> String { "\(mount)/\(path(place))" }

  private func path(_ place: SecretPlace) -> String {
    prefix.isEmpty ? place.text : "\(prefix)/\(place.text)"
  }

  private func url(_ place: SecretPlace) -> String {
    "\(address)/v1/\(mount)/\(isVersioned ? "data/" : "")\(path(place))"
  }

  package func read(
    _ place: SecretPlace,
    version: String?
  ) throws(SecretError) -> SecretDocument? {
    if version != nil, !isVersioned {
      throw .unusable("\(name): version 1 of its engine keeps no versions: \(shown(place))")
    }
    let query = version.map { "?version=\($0)" } ?? ""
    let answer = try send("GET", "\(url(place))\(query)", nil, place)
    // A version that was deleted is 404, too.
    if answer.status == 404 { return nil }
    guard answer.status == 200 else {
      let what = "\(name) answered \(answer.status) for \(shown(place))"
      throw .unusable("\(what): is \(mount) its mount?")
    }
    let data = try exchange.value(answer)["data"]
    guard isVersioned else { return data?.object.map { SecretDocument(.object($0)) } }
    guard let object = data?["data"]?.object else {
      if data?["metadata"] != nil { return nil }
      throw .unusable("\(name): \(mount) is no engine of version 2 (say `kv: 1`)")
    }
    let number = data?["metadata"]?["version"]?.number?.text
    return SecretDocument(.object(object), version: number)
  }

  package func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    var number = 0
    while true {
      number += 1
      let old = try read(place, version: nil)
      let new = Self.replaced(old, key: key, by: value)
      guard new.object != nil else { throw .unusable("\(name): \(shown(place)) holds keys alone") }
      let body: JSONValue =
        isVersioned
        ? [
          "data": new,
          "options": ["cas": .number(JSONNumber(old?.version.flatMap { Int($0) } ?? 0))],
        ]
        : new
      let answer = try send("POST", url(place), body, place)
      if answer.status == 200 || answer.status == 204 { return }
      // Somebody else wrote a version meanwhile: theirs is read, and ours goes on top.
      guard answer.status == 400, isVersioned, number < 5 else {
        throw .refused("\(name) answered \(answer.status) when \(shown(place)) was written")
      }
    }
  }

  /// An answer with a token; a refusal is followed by one new login.
  private func send(
    _ method: String,
    _ url: String,
    _ body: JSONValue?,
    _ place: SecretPlace
  ) throws(SecretError) -> HTTP.Response {
    var token = try login.token()
    for isLast in [false, true] {
      let headers = headers + [(name: "x-vault-token", value: token)]
      // Sealed, or a standby that is not ready: both pass.
      let answer = try exchange.send(passes: { [412, 472, 473].contains($0.status) }) {
        () throws(SecretError) in
        try Exchange.request(method, url, body, headers: headers)
      }
      guard answer.status == 401 || answer.status == 403 else { return answer }
      guard !isLast, try login.renews(after: token) else { break }
      token = try login.token()
    }
    throw .refused("\(name) refused \(shown(place)): no permission, or the token has ended")
  }
}
