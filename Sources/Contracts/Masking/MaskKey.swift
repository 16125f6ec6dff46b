internal import Crypto

/// The key of keyed hashes.
package struct MaskKey: Sendable {
  /// The fewest bytes that a key has.
  package static let minimumCount = 16

  private let prepared: HMAC<SHA256>

  /// Takes the bytes of a key; nil if they are too few.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.minimumCount else { return nil }
    prepared = HMAC<SHA256>(key: SymmetricKey(data: bytes))
  }

  /// Appends the HMAC-SHA-256 of `text` in hexadecimal digits.
  func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var hash = prepared
    // SAFETY: the caller's bytes are only read during the call.
    unsafe hash.update(data: text)
    unsafe hash.finalize().withUnsafeBytes { hash in
      for index in 0..<hash.count {
        let byte = unsafe hash[index]
        output.append(Self.digit(byte >> 4))
        output.append(Self.digit(byte & 15))
      }
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
