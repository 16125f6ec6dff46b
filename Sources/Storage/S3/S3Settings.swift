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

  /// How many parts of files are sent at once; each is in memory meanwhile.
  private(set) var partsAtOnce = 4

  package init() {}

  /// Bounds the parts that are sent at once, and returns how much of `memory` is left for others.
  ///
  /// With the one being filled they take half of it at most, or two parts where it is small; in
  /// bytes.
  package mutating func takeShare(of memory: Int) -> Int {
    partsAtOnce = min(4, max(1, memory / 2 / S3Upload.partSize - 1))
    return max(memory - (partsAtOnce + 1) * S3Upload.partSize, memory / 2)
  }

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
