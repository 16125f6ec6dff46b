extension Format {
  /// RFC 6570 with its erratum 6937: literal text, and expressions between braces.
  static func isURITemplate(_ text: Span<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      switch text[index] {
      case 0x7B:
        var end = index + 1
        while end < text.count, text[end] != 0x7D { end += 1 }
        guard end < text.count, isExpression(text.extracting((index + 1)..<end)) else {
          return false
        }
        index = end + 1
      case 0x25:
        guard isEscape(text, index) else { return false }
        index += 3
      case 0x21, 0x23, 0x24, 0x26...0x3B, 0x3D, 0x3F...0x5B, 0x5D, 0x5F, 0x61...0x7A, 0x7E:
        index += 1
      case 0x80...:
        guard let count = internationalLength(text, index, isPrivate: true) else { return false }
        index += count
      default: return false
      }
    }
    return true
  }

  /// An operator if any, and variables between commas.
  private static func isExpression(_ text: Span<UInt8>) -> Bool {
    var index = 0
    if !text.isEmpty, isOperator(text[0]) { index = 1 }
    while true {
      guard isVariable(text, &index) else { return false }
      if index == text.count { return true }
      guard text[index] == 0x2C else { return false }
      index += 1
    }
  }

  /// `+#./;?&`, and `=,!@|`, which are reserved.
  private static func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23, 0x26, 0x2B, 0x2C, 0x2E, 0x2F, 0x3B, 0x3D, 0x3F, 0x40, 0x7C: true
    default: false
    }
  }

  /// A name, whose dots stand between other characters, with a length of up to 9999 or a star.
  private static func isVariable(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
    var canEnd = false
    while index < text.count {
      if isAlphanumeric(text[index]) || text[index] == 0x5F {
        index += 1
        canEnd = true
      } else if isEscape(text, index) {
        index += 3
        canEnd = true
      } else if text[index] == 0x2E, canEnd {
        index += 1
        canEnd = false
      } else {
        break
      }
    }
    guard canEnd else { return false }
    if index < text.count, text[index] == 0x2A {
      index += 1
    } else if index < text.count, text[index] == 0x3A {
      index += 1
      let first = index
      while index < text.count, text[index] &- 0x30 <= 9 { index += 1 }
      guard index > first, index - first <= 4, text[first] != 0x30 else { return false }
    }
    return true
  }
}
