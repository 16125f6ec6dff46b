extension Format {
  /// Four numbers of 0 to 255 without leading zeros.
  static func isIPv4(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var parts = 0
    var value = -1
    var index = start
    while index <= end {
      if index == end || text[index] == 0x2E {
        guard value >= 0 else { return false }
        parts += 1
        value = -1
      } else {
        let digit = Int(text[index]) - 0x30
        guard (0...9).contains(digit), value != 0 else { return false }
        value = max(value, 0) * 10 + digit
        guard value <= 255 else { return false }
      }
      index += 1
    }
    return parts == 4
  }

  /// RFC 4291: eight groups, one run of which `::` may stand for, the last two as IPv4 if wished.
  static func isIPv6(_ text: Span<UInt8>) -> Bool {
    var groups = 0
    var hasGap = false
    var index = 0
    guard text.count >= 2 else { return false }
    if text[0] == 0x3A {
      guard text[1] == 0x3A else { return false }
      hasGap = true
      index = 2
    }
    while index < text.count {
      let first = index
      while index < text.count, isHex(text[index]) { index += 1 }
      if index < text.count, text[index] == 0x2E {
        guard isIPv4(text, first, text.count) else { return false }
        groups += 2
        return hasGap ? groups <= 7 : groups == 8
      }
      guard index > first, index - first <= 4 else { return false }
      groups += 1
      if index == text.count { break }
      guard text[index] == 0x3A else { return false }
      index += 1
      guard index < text.count else { return false }
      if text[index] == 0x3A {
        guard !hasGap else { return false }
        hasGap = true
        index += 1
      }
    }
    return hasGap ? groups <= 7 : groups == 8
  }

  /// RFC 3986: a scheme unless `relative`, allowed characters, whole percent escapes, one fragment.
  static func isURI(_ text: Span<UInt8>, relative: Bool) -> Bool {
    var start = 0
    var scheme = 0
    while scheme < text.count, isSchemeByte(text[scheme], first: scheme == 0) { scheme += 1 }
    if scheme > 0, scheme < text.count, text[scheme] == 0x3A {
      start = scheme + 1
    } else if !relative {
      return false
    }
    var end = text.count
    var index = start
    while index < text.count, text[index] != 0x23 { index += 1 }
    if index < text.count {
      guard areURIBytes(text, index + 1, text.count) else { return false }
      end = index
    }
    guard end - start >= 2, text[start] == 0x2F, text[start + 1] == 0x2F else {
      return areURIBytes(text, start, end)
    }
    var path = start + 2
    while path < end, text[path] != 0x2F, text[path] != 0x3F { path += 1 }
    return isAuthority(text.extracting((start + 2)..<path)) && areURIBytes(text, path, end)
  }

  private static func isSchemeByte(_ byte: UInt8, first: Bool) -> Bool {
    if (byte | 0x20) &- 0x61 <= 25 { return true }
    return !first && (byte &- 0x30 <= 9 || byte == 0x2B || byte == 0x2D || byte == 0x2E)
  }

  private static func isAuthority(_ text: Span<UInt8>) -> Bool {
    var host = 0
    for index in text.indices where text[index] == 0x40 { host = index + 1 }
    if host > 0, !areURIBytes(text, 0, host - 1) { return false }
    var end = host
    if host < text.count, text[host] == 0x5B {
      while end < text.count, text[end] != 0x5D { end += 1 }
      guard end < text.count, isIPv6(text.extracting((host + 1)..<end)) else { return false }
      end += 1
    } else {
      while end < text.count, text[end] != 0x3A { end += 1 }
      guard areURIBytes(text, host, end) else { return false }
    }
    guard end < text.count else { return true }
    guard text[end] == 0x3A else { return false }
    for index in (end + 1)..<text.count where text[index] &- 0x30 > 9 { return false }
    return true
  }

  private static func areURIBytes(
    _ text: Span<UInt8>,
    _ start: Int,
    _ end: Int
  ) -> Bool {
    var index = start
    while index < end {
      let byte = text[index]
      switch byte {
      case 0x25:
        guard index + 2 < end, isHex(text[index + 1]), isHex(text[index + 2]) else { return false }
        index += 2
      case 0x21, 0x24, 0x26...0x2F, 0x3A, 0x3B, 0x3D, 0x3F, 0x40, 0x5F, 0x7E: break
      default: if !isAlphanumeric(byte) { return false }
      }
      index += 1
    }
    return true
  }
}
