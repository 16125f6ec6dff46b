/// The folder name of a stream: reversible, and never outside its parent folder.
package enum StreamFolder {
  /// The folder name for `stream`, nil for an empty name.
  ///
  /// A name beyond 200 bytes when encoded is cut, and ends in the first 16 hex digits that
  /// `sha256Hex` gives for the stream's UTF-8 bytes.
  package static func name(for stream: String, sha256Hex: ([UInt8]) -> String) -> String? {
    guard !stream.isEmpty else { return nil }
    // These would mean another folder, or the log's own.
    let reserved = stream == "." || stream == ".." || stream == "_dativo"
    var pieces: [String] = []
    for (index, byte) in stream.utf8.enumerated() {
      pieces.append(isPlain(byte) && !(reserved && index == 0) ? plain(byte) : encoded(byte))
    }
    let full = pieces.joined()
    guard full.utf8.count > 200 else { return full }
    var cut = ""
    for piece in pieces {
      // An encoded byte is never split.
      guard cut.utf8.count + piece.utf8.count <= 180 else { break }
      cut += piece
    }
    return cut + "." + sha256Hex(Array(stream.utf8)).prefix(16)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x20: true
    default: false
    }
  }

  private static func plain(_ byte: UInt8) -> String {
    String(Character(Unicode.Scalar(byte)))
  }

  private static func encoded(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
