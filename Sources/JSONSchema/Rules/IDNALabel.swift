// The standard library normalizes strings for its own comparisons; it has no public name for that.
@_spi(_Unicode) internal import Swift

/// One label of an internationalized host name; RFC 5890 to 5893.
enum IDNALabel {
  /// How many letters, digits and hyphens the label takes; nil for one that is not valid.
  static func length(_ label: [Unicode.Scalar]) -> Int? {
    if label.allSatisfy(\.isASCII) {
      let bytes = label.map { UInt8($0.value) }
      return Format.isHostname(bytes.span, 0, bytes.count) ? bytes.count : nil
    }
    guard isUnicodeLabel(label) else { return nil }
    let length = 4 + Punycode.encoded(label).count
    return length <= 63 ? length : nil
  }

  /// Whether `text`, which begins with `xn--`, is the one way to write some label of Unicode.
  static func isEncoded(_ text: Span<UInt8>) -> Bool {
    var bytes: [UInt8] = []
    for index in 4..<text.count {
      let byte = text[index]
      bytes.append(byte &- 0x41 <= 25 ? byte | 0x20 : byte)
    }
    guard let label = Punycode.decoded(bytes[...]), !label.allSatisfy(\.isASCII) else {
      return false
    }
    return isUnicodeLabel(label) && Punycode.encoded(label) == bytes
  }

  /// Whether a label that is not of ASCII alone is valid (RFC 5891, section 4.2).
  private static func isUnicodeLabel(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, first != "-", label.last != "-" else { return false }
    if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    for (index, scalar) in label.enumerated() {
      switch IDNACharacter(scalar) {
      case .allowed: break
      case .disallowed: return false
      case .contextual: if !IDNAContext(label, index).isRight { return false }
      }
    }
    return isComposed(label) && fulfilsBidi(label)
  }

  /// Whether the label is in normalization form C.
  private static func isComposed(_ label: [Unicode.Scalar]) -> Bool {
    label.elementsEqual(text(label)._nfc)
  }

  /// Whether the label, if anything in it runs from right to left, reads one way only (RFC 5893).
  private static func fulfilsBidi(_ label: [Unicode.Scalar]) -> Bool {
    let mayRunLeft = label.contains { scalar in
      switch scalar.value {
      case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
        true
      default: false
      }
    }
    guard mayRunLeft else { return true }
    let text = text(label)
    guard IDNAContext.matches(#"[\p{bc:R}\p{bc:AL}\p{bc:AN}]"#, text) else { return true }
    let mixesDigits = #"(?!.*\p{bc:EN}.*\p{bc:AN}|.*\p{bc:AN}.*\p{bc:EN})"#
    let begin = #"(?=[\p{bc:R}\p{bc:AL}])"#
    let middle =
      #"[\p{bc:R}\p{bc:AL}\p{bc:AN}\p{bc:EN}\p{bc:ES}\p{bc:CS}\p{bc:ET}\p{bc:ON}\p{bc:BN}\p{bc:NSM}]*"#
    let end = #"[\p{bc:R}\p{bc:AL}\p{bc:EN}\p{bc:AN}]\p{bc:NSM}*"#
    return IDNAContext.matches("^\(mixesDigits)\(begin)\(middle)\(end)$", text)
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
