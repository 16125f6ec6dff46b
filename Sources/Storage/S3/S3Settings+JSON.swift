package import JSON

extension S3Settings {
  /// Why an object of settings was refused, and which of its keys.
  package struct Refusal: Error, Equatable, Sendable {
    package let key: String
    package let message: String
    package let hint: String?
  }

  /// What the settings object `s3` may have: `{endpoint, region, …}`.
  package static let keys = [
    "endpoint", "region", "path_style", "sse", "sse_kms_key_id", "storage_class", "profile",
  ]

  /// Reads the settings object `s3`; what it leaves out, or is null, has its default.
  package init(_ object: JSONObject) throws(Refusal) {
    self.init()
    for (key, value) in object.members where !value.isNull {
      switch key {
      case "endpoint": endpoint = try Self.text(key, value)
      case "region": region = try Self.text(key, value)
      case "path_style":
        guard let bool = value.bool else { throw Self.misfit(key, "a boolean") }
        usesPathStyle = bool
      case "sse":
        encryption = value.string
        guard let encryption, ["AES256", "aws:kms"].contains(encryption) else {
          throw Self.misfit(key, "one of AES256, aws:kms")
        }
      case "sse_kms_key_id": encryptionKey = try Self.text(key, value)
      case "storage_class": storageClass = try Self.text(key, value)
      case "profile": profile = try Self.text(key, value)
      default:
        throw Refusal(
          key: key,
          message: "unknown key \"\(key)\" in \"s3\"",
          hint: Nearest.name(to: key, among: Self.keys).map { "Did you mean \"\($0)\"?" }
            ?? "It has \(Self.keys.joined(separator: ", ")). Credentials never go here."
        )
      }
    }
  }

  private static func text(_ key: String, _ value: JSONValue) throws(Refusal) -> String {
    guard let text = value.string else { throw misfit(key, "a string") }
    return text
  }

  private static func misfit(_ key: String, _ expectation: String) -> Refusal {
    Refusal(key: key, message: "\"s3.\(key)\" must be \(expectation)", hint: nil)
  }
}
