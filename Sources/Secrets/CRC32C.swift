/// The checksum of Castagnoli's polynomial, which Google sends beside what it keeps.
///
/// https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
enum CRC32C {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
  }
}
