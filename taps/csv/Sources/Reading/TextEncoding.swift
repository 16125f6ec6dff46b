/// How the bytes of a file stand for characters.
enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case latin1 = "latin-1"
  case windows1252 = "windows-1252"
  /// Either order, by the byte-order mark; little-endian without one.
  case utf16 = "utf-16"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"

  /// Reads a name as people write it: `UTF8`, `iso-8859-1`, `cp1252`.
  init?(named name: String) {
    let plain = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    switch plain {
    case "utf8", "utf8sig", "ascii", "usascii": self = .utf8
    case "latin1", "iso88591", "l1": self = .latin1
    case "windows1252", "cp1252", "ansi": self = .windows1252
    case "utf16": self = .utf16
    case "utf16le", "ucs2le": self = .utf16LittleEndian
    case "utf16be", "ucs2be": self = .utf16BigEndian
    default: return nil
    }
  }

  /// The encoding of a file that begins with `head`, and the length of its byte-order mark.
  ///
  /// A mark wins over UTF-8, which is what nobody chose; it is no mark in one-byte encodings.
  func resolved(_ head: some Collection<UInt8>) -> (encoding: TextEncoding, mark: Int) {
    let bytes = Array(head.prefix(3))
    switch self {
    case .latin1, .windows1252: return (self, 0)
    default: break
    }
    if bytes == [0xEF, 0xBB, 0xBF] { return (.utf8, 3) }
    if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
    if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
    return (self == .utf16 ? .utf16LittleEndian : self, 0)
  }

  /// The characters of windows-1252 from 0x80 to 0x9F; five bytes have none and stay themselves.
  static let windowsCharacters: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]
}
