internal import Crypto

/// Signs requests as AWS Signature Version 4 has it, with the body's hash.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
package struct SigV4: Sendable {
  let service: String
  let region: String
  let credentials: Credentials

  package init(service: String, region: String, _ credentials: Credentials) {
    self.service = service
    self.region = region
    self.credentials = credentials
  }

  /// Adds date, token and signature to a request; every header that it has is signed.
  ///
  /// `time` is RFC 3339 text in UTC, as the clock gives it. S3 wants the body's hash as a header.
  package func sign(_ request: inout HTTP.Request, time: String) {
    let stamp = String(time.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
    let hash = Self.hex(SHA256.hash(data: request.body))
    request.headers.append((name: "x-amz-date", value: stamp))
    if service == "s3" {
      request.headers.append((name: "x-amz-content-sha256", value: hash))
    }
    if let token = credentials.token {
      request.headers.append((name: "x-amz-security-token", value: token))
    }
    let headers = (request.headers + [(name: "host", value: request.host)]).map {
      (name: $0.name.lowercased(), value: Self.trimmed($0.value))
    }.sorted { $0.name < $1.name }
    let names = headers.map(\.name).joined(separator: ";")
    let canonical =
      [request.method, request.path, request.encodedQuery]
      + headers.map { "\($0.name):\($0.value)" } + ["", names, hash]
    let text = [
      "AWS4-HMAC-SHA256", stamp, scope,
      Self.hex(SHA256.hash(data: Array(canonical.joined(separator: "\n").utf8))),
    ].joined(separator: "\n")
    var key = Array("AWS4\(credentials.secret)".utf8)
    for part in scope.split(separator: "/") { key = Self.mac(String(part), key) }
    let signature = Self.hex(Self.mac(text, key))
    request.headers.append(
      (
        name: "authorization",
        value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
          + "SignedHeaders=\(names), Signature=\(signature)"
      )
    )
  }

  private static func mac(_ text: String, _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }

  /// Without blanks at the ends, one where there were several.
  private static func trimmed(_ value: String) -> String {
    value.split(separator: " ").joined(separator: " ")
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined()
  }
}
