internal import Crypto
internal import CryptoExtras
internal import JSON
internal import Net
internal import Posix
internal import Synchronization

/// An access token of Google: by a service account's key, a person's refresh token, or the metadata
/// server of the machine.
///
/// https://developers.google.com/identity/protocols/oauth2/service-account
final class GoogleToken: Sendable {
  /// Who asks.
  private enum Identity {
    case serviceAccount(email: String, key: String, keyID: String?, tokenURL: String)
    case person(JSONValue, tokenURL: String)
    case machine
  }

  private let exchange: Exchange
  private let file: String?
  private let known = Mutex<(text: String, ends: UInt64)?>(nil)
  private static let scope = "https://www.googleapis.com/auth/cloud-platform"
  private static let metadata = "/computeMetadata/v1"

  /// `file` is a key file; nil for what GOOGLE_APPLICATION_CREDENTIALS names, or the machine.
  init(_ exchange: Exchange, file: String?) {
    self.exchange = exchange
    self.file = file ?? Environment.value("GOOGLE_APPLICATION_CREDENTIALS")
  }

  /// The token, fetched anew a minute before it ends.
  func text() throws(SecretError) -> String {
    if let known = known.withLock({ $0 }), Clock.monotonic < known.ends { return known.text }
    let answer = try fetch()
    guard answer.status == 200 else {
      let why = (try? JSONValue.parse(answer.body))?["error"]?.string ?? "\(answer.status)"
      throw .refused("\(exchange.server): no access token for \(file ?? "this machine") (\(why))")
    }
    let value = try exchange.value(answer)
    guard let text = value["access_token"]?.string else {
      throw .refused("\(exchange.server): the answer has no access token")
    }
    let seconds = value["expires_in"]?.number?.int64 ?? 300
    let ends = Clock.monotonic + UInt64(max(seconds - 60, 1)) * 1_000_000_000
    known.withLock { $0 = (text, ends) }
    return text
  }

  /// Fetches one anew the next time: this one was refused.
  func forget() { known.withLock { $0 = nil } }

  /// The project that the key belongs to, or the machine.
  func project() throws(SecretError) -> String? {
    if let file { return try Self.json(file)["project_id"]?.string }
    let answer = try exchange.send { () throws(SecretError) in
      try Self.machine("/project/project-id")
    }
    return answer.status == 200 ? String(decoding: answer.body, as: UTF8.self) : nil
  }

  private func fetch() throws(SecretError) -> HTTP.Response {
    let identity = try identity()
    return try exchange.send { () throws(SecretError) in
      switch identity {
      case .machine: return try Self.machine("/instance/service-accounts/default/token")
      case .person(let form, let url): return try Self.form(url, form)
      case .serviceAccount(let email, let key, let keyID, let url):
        let assertion = try Self.assertion(email, key, keyID, url)
        return try Self.form(
          url,
          [
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": .string(assertion),
          ]
        )
      }
    }
  }

  private func identity() throws(SecretError) -> Identity {
    guard let file else { return .machine }
    let value = try Self.json(file)
    let url = value["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
    switch value["type"]?.string {
    case "service_account":
      guard let email = value["client_email"]?.string, let key = value["private_key"]?.string else {
        throw .unusable("gcp: \(file) has no \"client_email\" or \"private_key\"")
      }
      let keyID = value["private_key_id"]?.string
      return .serviceAccount(email: email, key: key, keyID: keyID, tokenURL: url)
    case "authorized_user":
      var form: JSONObject = ["grant_type": "refresh_token"]
      for name in ["client_id", "client_secret", "refresh_token"] { form[name] = value[name] }
      return .person(.object(form), tokenURL: url)
    case let type:
      throw .unusable(
        "gcp: \(file) is of the type \"\(type ?? "")\", not service_account or authorized_user"
      )
    }
  }

  private static func json(_ file: String) throws(SecretError) -> JSONValue {
    guard let bytes = try? Files.read(file), let value = try? JSONValue.parse(bytes) else {
      throw .unusable("gcp: the credentials \(file) cannot be read as JSON")
    }
    return value
  }

  private static func machine(_ path: String) throws(SecretError) -> HTTP.Request {
    let host = Environment.value("GCE_METADATA_HOST") ?? "metadata.google.internal"
    var request = try Exchange.request("GET", "http://\(host)\(metadata)\(path)")
    request.headers = [(name: "metadata-flavor", value: "Google")]
    request.timeout = 5
    return request
  }

  private static func form(_ url: String, _ form: JSONValue) throws(SecretError) -> HTTP.Request {
    var request = try Exchange.request("POST", url)
    request.headers = [(name: "content-type", value: "application/x-www-form-urlencoded")]
    request.body = Array(
      (form.object ?? JSONObject()).map { member in
        "\(member.key)=\(PercentEncoding.encode(member.value.string ?? ""))"
      }.joined(separator: "&").utf8
    )
    return request
  }

  /// A JWT signed with RS256, good for an hour.
  private static func assertion(
    _ email: String,
    _ pem: String,
    _ keyID: String?,
    _ audience: String
  ) throws(SecretError) -> String {
    let now = Int(Clock.wall / 1_000_000_000)
    var head: JSONObject = ["alg": "RS256", "typ": "JWT"]
    head["kid"] = keyID.map { .string($0) }
    let claims: JSONValue = [
      "iss": .string(email), "scope": .string(scope), "aud": .string(audience),
      "iat": .number(JSONNumber(now)), "exp": .number(JSONNumber(now + 3600)),
    ]
    let text = [JSONValue.object(head), claims].map { url(Array($0.encoded().utf8)) }
      .joined(separator: ".")
    do {
      let key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
      let digest = SHA256.hash(data: Array(text.utf8))
      let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
      return "\(text).\(url(Array(signature.rawRepresentation)))"
    } catch {
      throw .unusable("gcp: the service account's private key is no RSA key of 2048 bits or more")
    }
  }

  /// Base64 as URLs have it, not padded.
  private static func url(_ bytes: [UInt8]) -> String {
    String(
      Base64.encode(bytes).compactMap { sign in
        switch sign {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: sign
        }
      }
    )
  }
}
