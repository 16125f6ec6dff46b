package import JSON
package import Net
internal import Posix

/// AWS Secrets Manager, with the credentials that the AWS tools would use.
///
/// `pg/password` of the tenant acme is the key `password` of the secret
/// `PREFIX/tenants/acme/pg`, whose text is a JSON object, or the secret
/// `PREFIX/tenants/acme/pg/password`. A version is a stage such as AWSPREVIOUS or a version's id.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/
package struct AWSBackend: SecretBackend {
  private let url: String
  private let region: String
  private let prefix: String
  private let chain: CredentialChain
  private let exchange: Exchange

  package let name: String
  package let canWrite = true

  package init(
    region: String?,
    endpoint: String? = nil,
    profile: String? = nil,
    prefix: String = "dativo",
    policy: RetryPolicy = RetryPolicy(attempts: 5)
  ) {
    let region =
      region ?? Environment.value("AWS_REGION") ?? Environment.value("AWS_DEFAULT_REGION")
      ?? "us-east-1"
    self.region = region
    let endpoint =
      endpoint ?? Environment.value("AWS_ENDPOINT_URL_SECRETS_MANAGER")
      ?? Environment.value("AWS_ENDPOINT_URL")
    url = endpoint ?? "https://secretsmanager.\(region).amazonaws.com"
    self.prefix = prefix
    chain = CredentialChain(profile: profile, region: region)
    name = "aws \(endpoint ?? region)"
    exchange = Exchange(server: name, policy: policy)
  }

  package func shown(_ place: SecretPlace) -> String {
    prefix.isEmpty ? place.text : "\(prefix)/\(place.text)"
  }

  package func read(
    _ place: SecretPlace,
    version: String?
  ) throws(SecretError) -> SecretDocument? {
    var body: JSONObject = ["SecretId": .string(shown(place))]
    if let version {
      // An id has at least 32 signs, and no stage that people name has.
      body[version.count >= 32 ? "VersionId" : "VersionStage"] = .string(version)
    }
    guard let answer = try call("GetSecretValue", body, place) else { return nil }
    let number = answer["VersionId"]?.string
    if let text = answer["SecretString"]?.string {
      return SecretDocument(text: text, version: number)
    }
    guard let bytes = answer["SecretBinary"]?.string.flatMap(Base64.decode),
      let text = String(validating: bytes, as: UTF8.self)
    else { throw .unusable("\(name): \(shown(place)) is not text") }
    return SecretDocument(text: text, version: number)
  }

  package func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    let new = Self.replaced(try read(place, version: nil), key: key, by: value)
    let body: JSONObject = [
      "SecretId": .string(shown(place)), "SecretString": .string(new.string ?? new.encoded()),
      // What is sent twice for one lost answer makes one version.
      "ClientRequestToken": .string(Self.token()),
    ]
    guard try call("PutSecretValue", body, place) != nil else {
      throw .missing("\(name) has no secret \(shown(place)) any more")
    }
  }

  /// The answer's JSON; nil where there is no such secret.
  private func call(
    _ action: String,
    _ body: JSONObject,
    _ place: SecretPlace
  ) throws(SecretError) -> JSONValue? {
    var isFirst = true
    while true {
      let answer = try exchange.send(passes: { Self.isPassing(Self.code($0)) }) {
        () throws(SecretError) in
        try signed(action, body)
      }
      if answer.status == 200 { return try exchange.value(answer) }
      let code = Self.code(answer)
      switch code {
      case "ResourceNotFoundException": return nil
      case "ExpiredTokenException", "ExpiredToken":
        if isFirst {
          isFirst = false
          chain.forget()
          continue
        }
      case "InvalidRequestException":
        throw .missing("\(name): \(shown(place)) is marked for deletion, or has no such version")
      case "InvalidParameterException", "ValidationException", "DecryptionFailure":
        throw .unusable("\(name) answered \(code) for \(shown(place))")
      default: break
      }
      let why = code.isEmpty ? "\(answer.status)" : code
      throw .refused("\(name) refused \(shown(place)) (\(why))")
    }
  }

  private func signed(_ action: String, _ body: JSONObject) throws(SecretError) -> HTTP.Request {
    let credentials: Credentials
    do throws(CredentialError) {
      credentials = try chain.credentials()
    } catch {
      switch error {
      case .none: throw .refused("\(name): there are no credentials of AWS here")
      case .unusable(let why): throw .refused("\(name): \(why)")
      case .unavailable(let why): throw .unavailable("\(name): \(why)")
      }
    }
    var request = try Exchange.request("POST", url)
    request.headers = [
      (name: "content-type", value: "application/x-amz-json-1.1"),
      (name: "x-amz-target", value: "secretsmanager.\(action)"),
    ]
    request.body = Array(JSONValue.object(body).encoded().utf8)
    SigV4(service: "secretsmanager", region: region, credentials)
      .sign(&request, time: Clock.timestamp)
    return request
  }

  /// The error's name, without the namespace that may stand before it.
  private static func code(_ answer: HTTP.Response) -> String {
    guard answer.status != 200 else { return "" }
    let value = try? JSONValue.parse(answer.body)
    let type =
      answer.header("x-amzn-errortype") ?? value?["__type"]?.string ?? value?["Code"]?.string ?? ""
    let plain = type.split(separator: "#").last ?? ""
    return String(plain.prefix { $0 != ":" })
  }

  private static func isPassing(_ code: String) -> Bool {
    [
      "ThrottlingException", "TooManyRequestsException", "InternalServiceError",
      "InternalServiceErrorException", "ServiceUnavailable", "RequestTimeout",
    ].contains(code)
  }

  private static func token() -> String {
    let digits = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }.joined()
    return String(digits.prefix(64)) + String(repeating: "0", count: max(0, 32 - digits.count))
  }
}
