internal import Crypto

/// SHA-256 in hexadecimal digits.
package struct Digest: Sendable {
  private var hash = SHA256()

  package init() {}

  /// The digest of `bytes`.
  package static func hex(_ bytes: [UInt8]) -> String {
    var digest = Digest()
    unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
    return digest.hex
  }

  /// Takes more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe hash.update(bufferPointer: bytes)
  }

  /// The digest of what was taken so far.
  package var hex: String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined()
  }
}
