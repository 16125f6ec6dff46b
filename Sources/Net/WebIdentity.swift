internal import Posix

/// A role that is assumed with a token from a file, as Kubernetes mounts it.
enum WebIdentity {
  static func credentials(region: String) throws(CredentialError) -> Credentials? {
    guard let path = Environment.value("AWS_WEB_IDENTITY_TOKEN_FILE"),
      let role = Environment.value("AWS_ROLE_ARN")
    else { return nil }
    guard let token = try? Files.read(path) else { throw .unusable("\(path) cannot be read") }
    let url = Environment.value("AWS_ENDPOINT_URL_STS") ?? "https://sts.\(region).amazonaws.com"
    guard var request = HTTP.Request("POST", url: url) else {
      throw .unusable("AWS_ENDPOINT_URL_STS is not a URL")
    }
    let form = [
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", Environment.value("AWS_ROLE_SESSION_NAME") ?? "dativo"),
      ("WebIdentityToken", String(decoding: token, as: UTF8.self).filter { !$0.isNewline }),
    ]
    // The token goes in the body: addresses are logged on the way.
    request.headers = [(name: "content-type", value: "application/x-www-form-urlencoded")]
    request.body = Array(
      form.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8
    )
    request.timeout = 20
    let policy = RetryPolicy(attempts: 4)
    var number = 0
    while true {
      number += 1
      let answer: Result<HTTP.Response, NetError> = Result { () throws(NetError) in
        try HTTP.Client().send(request)
      }
      if case .success(let response) = answer, response.status < 500, response.status != 429 {
        guard response.status == 200, let found = parse(response.body) else {
          throw .unusable("AWS_ROLE_ARN: \(request.host) refused the web identity")
        }
        return found
      }
      guard policy.waits(after: number) else {
        throw .unavailable("AWS_ROLE_ARN: \(request.host) did not answer")
      }
    }
  }

  static func parse(_ body: [UInt8]) -> Credentials? {
    guard let root = XML.parse(body),
      let found = root["AssumeRoleWithWebIdentityResult"]?["Credentials"],
      let key = found["AccessKeyId"]?.text, let secret = found["SecretAccessKey"]?.text
    else { return nil }
    return Credentials(
      accessKey: key,
      secret: secret,
      token: found["SessionToken"]?.text,
      expires: found["Expiration"].flatMap { Timestamp.seconds($0.text) }
    )
  }
}
