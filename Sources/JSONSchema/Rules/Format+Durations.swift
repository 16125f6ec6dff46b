extension Format {
  /// RFC 3339, appendix A: units in order and without a gap, or weeks alone.
  static func isDuration(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 3, text[0] | 0x20 == 0x70 else { return false }
    var index = 1
    if text[1] | 0x20 != 0x74 {
      var unit = self.unit(text, &index)
      if unit == 0x77 { return index == text.count }
      if unit == 0x79, index < text.count, text[index] | 0x20 != 0x74 {
        unit = self.unit(text, &index)
        guard unit == 0x6D else { return false }
      }
      if unit == 0x6D, index < text.count, text[index] | 0x20 != 0x74 {
        unit = self.unit(text, &index)
        guard unit == 0x64 else { return false }
      }
      guard unit == 0x79 || unit == 0x6D || unit == 0x64 else { return false }
      if index == text.count { return true }
    }
    guard text[index] | 0x20 == 0x74 else { return false }
    index += 1
    var unit = self.unit(text, &index)
    if unit == 0x68, index < text.count {
      unit = self.unit(text, &index)
      guard unit == 0x6D else { return false }
    }
    if unit == 0x6D, index < text.count {
      unit = self.unit(text, &index)
      guard unit == 0x73 else { return false }
    }
    return index == text.count && (unit == 0x68 || unit == 0x6D || unit == 0x73)
  }

  /// Reads digits and the letter after them, in lower case; 0 if they are not there.
  private static func unit(_ text: Span<UInt8>, _ index: inout Int) -> UInt8 {
    let first = index
    while index < text.count, text[index] &- 0x30 <= 9 { index += 1 }
    guard index > first, index < text.count, text[index] & 0x40 != 0 else { return 0 }
    index += 1
    return text[index - 1] | 0x20
  }
}
