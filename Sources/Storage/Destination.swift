/// The one place where a destination, as settings write it, becomes a store.
package enum Destination {
  /// A folder, or `s3://bucket/prefix`.
  ///
  /// Nothing is read or written yet. Throws `misplaced` for an address that is none.
  package static func open(
    _ text: String,
    _ s3: S3Settings,
    drafts: String
  ) throws(StoreError) -> any ObjectStore {
    guard text.hasPrefix("s3://") else { return LocalStore(root: text, drafts: drafts) }
    let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1).map(String.init)
    guard let bucket = parts.first, !text.hasPrefix("s3:///"), bucket.utf8.allSatisfy(isPlain)
    else {
      throw .misplaced("\(text) is not s3://bucket/prefix")
    }
    let prefix = parts.count > 1 ? parts[1].split(separator: "/").joined(separator: "/") : ""
    return S3Store(try S3Client(bucket, s3), prefix: prefix)
  }

  /// Whether a byte may be in the name of a bucket.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
