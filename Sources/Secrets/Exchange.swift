internal import JSON
internal import Net

/// One question to a backend's server, asked again while that may help.
struct Exchange: Sendable {
  /// How messages call the server.
  let server: String
  var policy = RetryPolicy(attempts: 5)

  /// The answer, of any status that does not pass by itself.
  ///
  /// Each attempt is made anew, since a signature has a time; `passes` knows answers that pass
  /// though their status does not say so.
  func send(
    passes: (HTTP.Response) -> Bool = { _ in false },
    _ make: () throws(SecretError) -> HTTP.Request
  ) throws(SecretError) -> HTTP.Response {
    var number = 0
    while true {
      number += 1
      let problem: String
      var pause = 0
      switch Self.attempt(try make()) {
      case .success(let response):
        guard Self.passing.contains(response.status) || passes(response) else { return response }
        problem = "answered \(response.status)"
        pause = response.header("retry-after").flatMap { Int($0) } ?? 0
      case .failure(let error): problem = "failed: \(error)"
      }
      guard policy.waits(after: number, atLeast: pause) else {
        throw .unavailable("\(server) \(problem), \(number) times")
      }
    }
  }

  private static let passing: Set<Int> = [408, 425, 429, 500, 502, 503, 504]

  private static func attempt(_ request: HTTP.Request) -> Result<HTTP.Response, NetError> {
    do throws(NetError) {
      return .success(try HTTP.Client().send(request))
    } catch {
      return .failure(error)
    }
  }

  /// A request of JSON; the address is one that the settings were checked for.
  static func request(
    _ method: String,
    _ url: String,
    _ body: JSONValue? = nil,
    headers: [(name: String, value: String)] = []
  ) throws(SecretError) -> HTTP.Request {
    guard var request = HTTP.Request(method, url: url) else {
      throw .unusable("\(url) is not an http or https address")
    }
    request.timeout = 20
    request.headers = headers
    if let body {
      request.headers.append((name: "content-type", value: "application/json"))
      request.body = Array(body.encoded().utf8)
    }
    return request
  }

  /// A successful answer's JSON.
  func value(_ response: HTTP.Response) throws(SecretError) -> JSONValue {
    guard let value = try? JSONValue.parse(response.body) else {
      throw .unusable("\(server) did not answer with JSON: is that its address?")
    }
    return value
  }
}
