/// How a bucket is reached, and how objects are kept in it.
package struct S3Settings: Sendable {
  /// The address of the service; nil for Amazon's.
  package var endpoint: String?
  package var region: String?
  /// Whether the bucket is in the path, not in the host's name; by default with an endpoint.
  package var usesPathStyle: Bool?
  /// `AES256` or `aws:kms`.
  package var encryption: String?
  package var encryptionKey: String?
  package var storageClass: String?
  package var profile: String?

  package init() {}

  /// The headers of whatever creates an object.
  var encryptionHeaders: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let encryption {
      headers.append((name: "x-amz-server-side-encryption", value: encryption))
    }
    if let encryptionKey {
      headers.append(
        (name: "x-amz-server-side-encryption-aws-kms-key-id", value: encryptionKey)
      )
    }
    return headers
  }
}
