/// URIs and IRIs; `isInternational` allows what RFC 3987 adds to RFC 3986.
extension Format {
  /// A scheme unless `isRelative`, allowed characters, whole percent escapes, one fragment.
  static func isURI(
    _ text: Span<UInt8>,
    isRelative: Bool,
    isInternational: Bool = false
  ) -> Bool {
    var start = 0
    var scheme = 0
    while scheme < text.count, isSchemeByte(text[scheme], first: scheme == 0) { scheme += 1 }
    let hasScheme = scheme > 0 && scheme < text.count && text[scheme] == 0x3A
    if hasScheme {
      start = scheme + 1
    } else if !isRelative {
      return false
    }
    var end = start
    while end < text.count, text[end] != 0x23 { end += 1 }
    if end < text.count {
      guard areURIBytes(text, end + 1, text.count, isInternational) else { return false }
    }
    var path = start
    if end - start >= 2, text[start] == 0x2F, text[start + 1] == 0x2F {
      path = start + 2
      while path < end, text[path] != 0x2F, text[path] != 0x3F { path += 1 }
      guard isAuthority(text.extracting((start + 2)..<path), isInternational) else { return false }
    } else if !hasScheme {
      // What stands before a colon would be a scheme.
      while path < end, text[path] != 0x2F, text[path] != 0x3F, text[path] != 0x3A { path += 1 }
      guard path == end || text[path] != 0x3A else { return false }
      path = start
    }
    guard isInternational else { return areURIBytes(text, path, end, false) }
    var query = path
    while query < end, text[query] != 0x3F { query += 1 }
    return areURIBytes(text, path, query, true)
      && areURIBytes(text, query, end, true, isPrivate: true)
  }

  private static func isSchemeByte(_ byte: UInt8, first: Bool) -> Bool {
    if (byte | 0x20) &- 0x61 <= 25 { return true }
    return !first && (byte &- 0x30 <= 9 || byte == 0x2B || byte == 0x2D || byte == 0x2E)
  }

  private static func isAuthority(_ text: Span<UInt8>, _ isInternational: Bool) -> Bool {
    var host = 0
    for index in text.indices where text[index] == 0x40 { host = index + 1 }
    if host > 0 {
      for index in 0..<(host - 1) where text[index] == 0x40 { return false }
      guard areURIBytes(text, 0, host - 1, isInternational) else { return false }
    }
    var end = host
    if host < text.count, text[host] == 0x5B {
      while end < text.count, text[end] != 0x5D { end += 1 }
      guard end < text.count else { return false }
      let literal = text.extracting((host + 1)..<end)
      guard isIPv6(literal) || isFutureAddress(literal) else { return false }
      end += 1
    } else {
      while end < text.count, text[end] != 0x3A { end += 1 }
      guard areURIBytes(text, host, end, isInternational) else { return false }
    }
    guard end < text.count else { return true }
    guard text[end] == 0x3A else { return false }
    for index in (end + 1)..<text.count where text[index] &- 0x30 > 9 { return false }
    return true
  }

  /// `v`, hexadecimal digits, a dot, and anything without a percent sign or a slash.
  private static func isFutureAddress(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 4, text[0] | 0x20 == 0x76 else { return false }
    var index = 1
    while index < text.count, isHex(text[index]) { index += 1 }
    guard index > 1, index + 1 < text.count, text[index] == 0x2E else { return false }
    for place in (index + 1)..<text.count {
      switch text[place] {
      case 0x25, 0x2F, 0x3F, 0x40: return false
      default: break
      }
    }
    return areURIBytes(text, index + 1, text.count, false)
  }

  private static func areURIBytes(
    _ text: Span<UInt8>,
    _ start: Int,
    _ end: Int,
    _ isInternational: Bool,
    isPrivate: Bool = false
  ) -> Bool {
    var index = start
    while index < end {
      let byte = text[index]
      switch byte {
      case 0x25:
        guard index + 2 < end, isEscape(text, index) else { return false }
        index += 2
      case 0x21, 0x24, 0x26...0x2F, 0x3A, 0x3B, 0x3D, 0x3F, 0x40, 0x5F, 0x7E: break
      case 0x80...:
        guard isInternational, let count = internationalLength(text, index, isPrivate: isPrivate)
        else { return false }
        index += count - 1
      default: if !isAlphanumeric(byte) { return false }
      }
      index += 1
    }
    return true
  }

  /// Whether a percent sign and two hexadecimal digits stand at `index`.
  static func isEscape(_ text: Span<UInt8>, _ index: Int) -> Bool {
    text[index] == 0x25 && index + 2 < text.count && isHex(text[index + 1])
      && isHex(text[index + 2])
  }

  /// The bytes that the character at `index` takes, of valid UTF-8; nil for one that no IRI has.
  static func internationalLength(_ text: Span<UInt8>, _ index: Int, isPrivate: Bool) -> Int? {
    let lead = text[index]
    let count = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard index + count <= text.count else { return nil }
    var code = UInt32(lead) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
    for offset in 1..<count { code = code << 6 | UInt32(text[index + offset] & 0x3F) }
    switch code {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: return count
    case 0xE000...0xF8FF, 0xF0000...0x10FFFF:
      return isPrivate && code & 0xFFFF <= 0xFFFD ? count : nil
    case 0x10000...0xDFFFF, 0xE1000...0xEFFFF: return code & 0xFFFF <= 0xFFFD ? count : nil
    default: return nil
    }
  }
}
