extension Format {
  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 <= 25
  }

  static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 <= 5 }

  /// RFC 5321 without address literals' finer points: a dot-atom or quoted string, `@`, a domain.
  static func isEmail(_ text: Span<UInt8>) -> Bool {
    var at = -1
    for index in text.indices where text[index] == 0x40 { at = index }
    guard at > 0, at < text.count - 1, at <= 64 || text.count <= 254 else { return false }
    if text[0] == 0x22 {
      guard at >= 2, text[at - 1] == 0x22 else { return false }
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
    guard text[at + 1] == 0x5B else { return isHostname(text, at + 1, text.count) }
    guard text[text.count - 1] == 0x5D else { return false }
    let inner = text.extracting((at + 2)..<(text.count - 1))
    if isIPv4(inner, 0, inner.count) { return true }
    return inner.count > 5 && inner[4] == 0x3A
      && isIPv6(inner.extracting(5..<inner.count))
  }

  private static func isAtomMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// RFC 1123: labels of 1 to 63 letters, digits and hyphens, 253 in all.
  static func isHostname(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end > start, end - start <= 253 else { return false }
    var label = 0
    for index in start..<end {
      let byte = text[index]
      if byte == 0x2E {
        guard label > 0, text[index - 1] != 0x2D else { return false }
        label = 0
        continue
      }
      guard isAlphanumeric(byte) || (byte == 0x2D && label > 0) else { return false }
      // "--" in third and fourth place is for the A-labels of IDNA, which begin with "xn".
      if label == 3, byte == 0x2D, text[index - 1] == 0x2D, text[index - 3] | 0x20 != 0x78 {
        return false
      }
      label += 1
      if label > 63 { return false }
    }
    return label > 0 && text[end - 1] != 0x2D
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

  static func isJSONPointer(_ text: Span<UInt8>) -> Bool {
    guard text.isEmpty || text[0] == 0x2F else { return false }
    for index in text.indices where text[index] == 0x7E {
      guard index + 1 < text.count, text[index + 1] == 0x30 || text[index + 1] == 0x31 else {
        return false
      }
    }
    return true
  }
}
