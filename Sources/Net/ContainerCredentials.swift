internal import JSON
internal import Posix

/// Credentials of a container's task, from the address that its environment names.
enum ContainerCredentials {
  static func credentials() throws(CredentialError) -> Credentials? {
    let url: String
    if let relative = Environment.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      url = "http://169.254.170.2\(relative)"
    } else if let full = Environment.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      url = full
    } else {
      return nil
    }
    guard var request = HTTP.Request("GET", url: url) else {
      throw .unusable("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
    }
    request.timeout = 5
    if let path = Environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      guard let token = try? Files.read(path) else { throw .unusable("\(path) cannot be read") }
      let text = String(decoding: token, as: UTF8.self).filter { !$0.isNewline }
      request.headers.append((name: "authorization", value: text))
    } else if let token = Environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      request.headers.append((name: "authorization", value: token))
    }
    return try RoleAnswer.fetch(request, "the container's credentials")
  }
}

/// What the container's and the instance's services answer: keys as JSON, with their end.
enum RoleAnswer {
  static func fetch(
    _ request: HTTP.Request,
    _ place: String
  ) throws(CredentialError) -> Credentials {
    let policy = RetryPolicy(attempts: 3)
    var number = 0
    while true {
      number += 1
      var problem: String
      do throws(NetError) {
        let response = try HTTP.Client().send(request)
        if response.status == 200 {
          guard let found = parse(response.body) else { throw NetError.malformed(host: place) }
          return found
        }
        problem = "status \(response.status)"
        if response.status < 500, response.status != 429 {
          throw NetError.malformed(host: place)
        }
      } catch .malformed {
        throw .unusable("\(place): \(request.host) did not give any")
      } catch {
        problem = "\(error)"
      }
      guard policy.waits(after: number) else { throw .unavailable("\(place): \(problem)") }
    }
  }

  static func parse(_ body: [UInt8]) -> Credentials? {
    guard let value = try? JSONValue.parse(body), let key = value["AccessKeyId"]?.string,
      let secret = value["SecretAccessKey"]?.string
    else { return nil }
    return Credentials(
      accessKey: key,
      secret: secret,
      token: value["Token"]?.string,
      expires: value["Expiration"]?.string.flatMap(Timestamp.seconds)
    )
  }
}
