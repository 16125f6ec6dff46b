extension Format {
  /// RFC 6901.
  static func isJSONPointer(_ text: Span<UInt8>) -> Bool {
    guard text.isEmpty || text[0] == 0x2F else { return false }
    for index in text.indices where text[index] == 0x7E {
      guard index + 1 < text.count, text[index + 1] == 0x30 || text[index + 1] == 0x31 else {
        return false
      }
    }
    return true
  }

  /// draft-bhutton-relative-json-pointer-00: steps up, steps among the siblings, then `#` or a
  /// pointer.
  static func isRelativeJSONPointer(_ text: Span<UInt8>) -> Bool {
    var index = 0
    guard number(text, &index) != nil else { return false }
    if index < text.count, text[index] == 0x2B || text[index] == 0x2D {
      index += 1
      guard let isZero = number(text, &index), !isZero else { return false }
    }
    if index + 1 == text.count, text[index] == 0x23 { return true }
    return isJSONPointer(text.extracting(index..<text.count))
  }

  /// Whether the digits from `index` on, without leading zeros, are a zero; nil if there are none.
  private static func number(_ text: Span<UInt8>, _ index: inout Int) -> Bool? {
    let first = index
    while index < text.count, text[index] &- 0x30 <= 9 { index += 1 }
    guard index > first else { return nil }
    guard text[first] == 0x30 else { return false }
    return index == first + 1 ? true : nil
  }
}
