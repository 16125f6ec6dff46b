internal import Net
internal import Posix

/// One bucket: signed requests, made again while that may help, and errors by meaning.
final class S3Client: Sendable {
  /// An answer that a caller can act on.
  struct Answer {
    let response: HTTP.Response
    /// The code of an error; nil for success.
    let code: String?
    /// Whether an earlier attempt may have been done although its answer was lost.
    let wasRepeated: Bool
  }

  let bucket: String
  let settings: S3Settings
  private let region: String
  private let scheme: String
  private let host: String
  private let base: String
  private let chain: CredentialChain
  private let policy = RetryPolicy()

  init(_ bucket: String, _ settings: S3Settings) throws(StoreError) {
    self.bucket = bucket
    self.settings = settings
    region =
      settings.region ?? Environment.value("AWS_REGION") ?? Environment.value("AWS_DEFAULT_REGION")
      ?? "us-east-1"
    let endpoint =
      settings.endpoint ?? Environment.value("AWS_ENDPOINT_URL_S3")
      ?? Environment.value("AWS_ENDPOINT_URL")
    let url = endpoint ?? "https://s3.\(region).amazonaws.com"
    guard let request = HTTP.Request("GET", url: url) else {
      throw .misplaced("the endpoint \(url) is not an http or https address")
    }
    // A certificate's wildcard does not cover a bucket with a dot.
    let isInPath = settings.usesPathStyle ?? (endpoint != nil || bucket.contains("."))
    scheme = request.scheme
    host = isInPath ? request.host : "\(bucket).\(request.host)"
    base = isInPath ? "/\(bucket)" : ""
    chain = CredentialChain(profile: settings.profile, region: region)
  }

  /// Sends a request about an object, or the bucket when the key is empty.
  ///
  /// Only answers that callers tell apart come back: success, 404 but for a missing bucket, 409,
  /// 412 and 416. Everything else is thrown.
  func send(
    _ method: String,
    _ key: String,
    query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) throws(StoreError) -> Answer {
    let path = "\(base)/\(PercentEncoding.encode(key, keepsSlashes: true))"
    var request = HTTP.Request(method, scheme: scheme, host: host, path: path)
    request.query = query
    request.headers = headers
    request.body = body
    // A part is held against its tag when the upload is completed.
    if method == "PUT", query.isEmpty { request.addContentMD5() }
    var number = 0
    var wasRepeated = false
    while true {
      number += 1
      let problem: String
      var pause = 0
      switch attempt(try signed(request)) {
      case .failure(let error):
        problem = "\(error)"
        wasRepeated = true
      case .success(let response):
        guard let code = Self.code(response, method) else {
          return Answer(response: response, code: nil, wasRepeated: wasRepeated)
        }
        problem = "\(host) answered \(code) (\(response.status))"
        pause = response.header("retry-after").flatMap { Int($0) } ?? 0
        if code == "ExpiredToken", number == 1 {
          chain.forget()
        } else if Self.isTransient(response.status, code) {
          // An overloaded service may have done it all the same.
          wasRepeated = true
        } else if let error = error(response.status, code, key) {
          throw error
        } else {
          return Answer(response: response, code: code, wasRepeated: wasRepeated)
        }
      }
      guard policy.waits(after: number, atLeast: pause) else {
        throw .unavailable("\(problem), \(number) times")
      }
    }
  }

  private func attempt(_ request: HTTP.Request) -> Result<HTTP.Response, NetError> {
    do throws(NetError) {
      return .success(try HTTP.Client().send(request))
    } catch {
      return .failure(error)
    }
  }

  private func signed(_ request: HTTP.Request) throws(StoreError) -> HTTP.Request {
    let credentials: Credentials
    do throws(CredentialError) {
      credentials = try chain.credentials()
    } catch {
      let what = "there are no credentials for s3://\(bucket)"
      switch error {
      case .none: throw .refused(what)
      case .unusable(let why): throw .refused("\(what): \(why)")
      case .unavailable(let why): throw .unavailable("\(what) now: \(why)")
      }
    }
    var request = request
    SigV4(service: "s3", region: region, credentials).sign(&request, time: Clock.timestamp)
    return request
  }

  /// The code of an error; a success whose body is an error is one too.
  private static func code(_ response: HTTP.Response, _ method: String) -> String? {
    let isGood = (200..<300).contains(response.status)
    if isGood, method != "POST" { return nil }
    let root = XML.parse(response.body)
    if root?.name == "Error" { return root?["Code"]?.text ?? "Unknown" }
    if isGood {
      // An answer that was cut short says nothing.
      return root == nil ? "IncompleteAnswer" : nil
    }
    return switch response.status {
    case 401, 403: "AccessDenied"
    case 404: "NotFound"
    case 409: "Conflict"
    case 412: "PreconditionFailed"
    default: "Unknown"
    }
  }

  private static func isTransient(_ status: Int, _ code: String) -> Bool {
    if [408, 429, 500, 502, 503, 504].contains(status) { return true }
    return [
      "InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "IncompleteAnswer",
      "Throttling", "ThrottlingException", "OperationAborted",
    ].contains(code)
  }

  private func error(_ status: Int, _ code: String, _ key: String) -> StoreError? {
    let place = "s3://\(bucket)/\(key)"
    switch code {
    case "NoSuchBucket": return .misplaced("the bucket \(bucket) does not exist at \(host)")
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return .misplaced("the bucket \(bucket) is not in the region \(region) (\(code))")
    case "InvalidStorageClass", "InvalidArgument", "NotImplemented", "InvalidBucketName",
      "MethodNotAllowed":
      return .misplaced("\(host) does not take the settings for \(place) (\(code))")
    default: break
    }
    if code.hasPrefix("KMS.") { return .misplaced("the key of \(place) cannot be used (\(code))") }
    switch status {
    case 401, 403: return .refused("\(host) refused the credentials for \(place) (\(code))")
    case 301, 307, 308:
      return .misplaced("the bucket \(bucket) is at another endpoint or region than \(host)")
    case 404, 409, 412, 416: return nil
    default: return .rejected("\(host) answered \(status) for \(place) (\(code))")
    }
  }
}
