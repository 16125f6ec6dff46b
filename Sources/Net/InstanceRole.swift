internal import Posix

/// The role of the machine, by the instance metadata service, version 2.
enum InstanceRole {
  static func credentials() throws(CredentialError) -> Credentials? {
    guard Environment.value("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
    let base =
      Environment.value("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
    let client = HTTP.Client()
    guard var request = HTTP.Request("PUT", url: "\(base)/latest/api/token") else {
      throw .unusable("AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL")
    }
    request.timeout = 2
    request.headers = [(name: "x-aws-ec2-metadata-token-ttl-seconds", value: "21600")]
    // Nobody there: this is no such machine.
    guard let answer = try? client.send(request), answer.status == 200 else { return nil }
    let token = String(decoding: answer.body, as: UTF8.self)
    request = HTTP.Request("GET", scheme: request.scheme, host: request.host, path: Self.path)
    request.timeout = 5
    request.headers = [(name: "x-aws-ec2-metadata-token", value: token)]
    guard let roles = try? client.send(request), roles.status == 200,
      let role = String(decoding: roles.body, as: UTF8.self).split(whereSeparator: \.isNewline)
        .first
    else { return nil }
    request.path = "\(Self.path)\(role)"
    return try RoleAnswer.fetch(request, "the instance's role")
  }

  private static let path = "/latest/meta-data/iam/security-credentials/"
}
