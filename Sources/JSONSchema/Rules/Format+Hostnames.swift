extension Format {
  /// RFC 1123: labels of 1 to 63 letters, digits and hyphens, 253 in all; those that begin with
  /// `xn--` stand for a valid label of Unicode.
  static func isHostname(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end > start, end - start <= 253 else { return false }
    var label = 0
    var isEncoded = false
    for index in start..<end {
      let byte = text[index]
      if byte == 0x2E {
        guard label > 0, text[index - 1] != 0x2D else { return false }
        if isEncoded, !IDNALabel.isEncoded(text.extracting((index - label)..<index)) {
          return false
        }
        label = 0
        isEncoded = false
        continue
      }
      guard isAlphanumeric(byte) || (byte == 0x2D && label > 0) else { return false }
      // "--" in third and fourth place is for the A-labels of IDNA, which begin with "xn".
      if label == 3, byte == 0x2D, text[index - 1] == 0x2D {
        guard text[index - 3] | 0x20 == 0x78, text[index - 2] | 0x20 == 0x6E else { return false }
        isEncoded = true
      }
      label += 1
      if label > 63 { return false }
    }
    guard label > 0, text[end - 1] != 0x2D else { return false }
    return !isEncoded || IDNALabel.isEncoded(text.extracting((end - label)..<end))
  }

  /// RFC 5890: labels of any script, between dots of four kinds, 253 bytes in all as A-labels.
  static func isInternationalHostname(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    // No character takes more than four bytes here and less than one there.
    guard end - start <= 4 * 253 else { return false }
    let scalars = Array(string(text.extracting(start..<end)).unicodeScalars)
    var length = -1
    let labels = scalars.split(omittingEmptySubsequences: false) { scalar in
      scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }
    for label in labels {
      guard let count = IDNALabel.length(Array(label)) else { return false }
      length += count + 1
    }
    guard length <= 253 else { return false }
    // One label that runs from right to left binds all of them.
    let all = labels.map { IDNALabel.decoded(Array($0)) }
    return !all.contains(where: BidiRule.runsLeft) || all.allSatisfy(BidiRule.accepts)
  }
}
