internal import Posix

/// The file of named profiles that the AWS tools share.
package enum ProfileFile {
  /// Where it lies.
  package static var path: String {
    Environment.value("AWS_SHARED_CREDENTIALS_FILE")
      ?? "\(Environment.value("HOME") ?? "")/.aws/credentials"
  }

  static func credentials(_ profile: String) -> Credentials? {
    guard let bytes = try? Files.read(path) else { return nil }
    let values = section(profile, String(decoding: bytes, as: UTF8.self))
    guard let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
      return nil
    }
    return Credentials(accessKey: key, secret: secret, token: values["aws_session_token"])
  }

  /// The keys and values of `[profile]`.
  static func section(_ profile: String, _ text: String) -> [String: String] {
    var values: [String: String] = [:]
    var isInside = false
    for raw in text.split(whereSeparator: \.isNewline) {
      let line = trimmed(raw)
      if line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("[") {
        isInside = trimmed(line.dropFirst().prefix { $0 != "]" }) == profile
      } else if isInside, let equals = line.firstIndex(of: "=") {
        values[trimmed(line[..<equals]).lowercased()] = trimmed(line[line.index(after: equals)...])
      }
    }
    return values
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
  }
}
