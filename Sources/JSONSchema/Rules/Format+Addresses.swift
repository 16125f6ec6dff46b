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
}
