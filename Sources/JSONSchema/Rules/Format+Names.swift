extension Format {
  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 <= 25
  }

  static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 <= 5 }

  /// RFC 5321 without address literals' finer points: a dot-atom or quoted string, `@`, a domain.
  ///
  /// With `isInternational` the domain's labels may be of any script (RFC 6531); what stands before
  /// the `@` may be so in any case.
  static func isEmail(_ text: Span<UInt8>, isInternational: Bool = false) -> Bool {
    if isPlainEmail(text) { return true }
    var at = -1
    for index in text.indices where text[index] == 0x40 { at = index }
    guard at > 0, at < text.count - 1, at <= 64 || text.count <= 254 else { return false }
    if text[0] == 0x22 {
      guard at >= 2, isQuoted(text, at) else { return false }
    } else {
      guard text[0] != 0x2E, text[at - 1] != 0x2E else { return false }
      for index in 0..<at {
        let byte = text[index]
        if byte == 0x2E {
          if text[index - 1] == 0x2E { return false }
        } else if byte < 0x80, !isAlphanumeric(byte), !isAtomMark(byte) {
          return false
        }
      }
    }
    guard text[at + 1] == 0x5B else {
      return isInternational
        ? isInternationalHostname(text, at + 1, text.count) : isHostname(text, at + 1, text.count)
    }
    guard text[text.count - 1] == 0x5D else { return false }
    let inner = text.extracting((at + 2)..<(text.count - 1))
    if isIPv4(inner, 0, inner.count) { return true }
    return isTagged(inner) && isIPv6(inner.extracting(5..<inner.count))
  }

  /// Whether it is one as most are: short, of letters and digits, with single marks between them.
  private static func isPlainEmail(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 63 else { return false }
    var hasAt = false
    var isBetween = false
    for index in text.indices {
      let byte = text[index]
      if isAlphanumeric(byte) {
        isBetween = true
        continue
      }
      guard isBetween else { return false }
      isBetween = false
      if byte == 0x2E || byte == 0x2D { continue }
      guard !hasAt, byte == 0x40 || byte == 0x5F || byte == 0x2B else { return false }
      hasAt = byte == 0x40
    }
    return hasAt && isBetween
  }

  /// Whether a quoted string ends before `end`: quotes and backslashes within follow a backslash.
  private static func isQuoted(_ text: Span<UInt8>, _ end: Int) -> Bool {
    var index = 1
    while index < end - 1 {
      guard text[index] != 0x22 else { return false }
      if text[index] == 0x5C { index += 1 }
      guard text[index] >= 0x20, text[index] != 0x7F else { return false }
      index += 1
    }
    return index == end - 1 && text[index] == 0x22
  }

  /// Whether an address literal begins with `IPv6:`.
  private static func isTagged(_ text: Span<UInt8>) -> Bool {
    text.count > 5 && text[0] | 0x20 == 0x69 && text[1] | 0x20 == 0x70 && text[2] | 0x20 == 0x76
      && text[3] == 0x36 && text[4] == 0x3A
  }

  private static func isAtomMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  static func isUUID(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in 0..<36 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard text[index] == 0x2D else { return false }
      } else if !isHex(text[index]) {
        return false
      }
    }
    return true
  }

  static func isBase64(_ text: Span<UInt8>) -> Bool {
    guard text.count % 4 == 0 else { return false }
    for index in text.indices {
      let byte = text[index]
      if isAlphanumeric(byte) || byte == 0x2B || byte == 0x2F { continue }
      guard byte == 0x3D, index >= text.count - 2 else { return false }
      if index == text.count - 2, text[index + 1] != 0x3D { return false }
    }
    return true
  }
}
