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
    guard label.count <= 63, isUnicodeLabel(label) else { return nil }
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

  /// The label as Unicode, where it is encoded.
  static func decoded(_ label: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard label.allSatisfy(\.isASCII) else { return label }
    let bytes = label.map { UInt8($0.value) }.map { $0 &- 0x41 <= 25 ? $0 | 0x20 : $0 }
    guard bytes.starts(with: [0x78, 0x6E, 0x2D, 0x2D]) else { return label }
    return Punycode.decoded(bytes[4...]) ?? label
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
    return isComposed(label) && (!BidiRule.runsLeft(label) || BidiRule.accepts(label))
  }

  /// Whether the label is in normalization form C.
  private static func isComposed(_ label: [Unicode.Scalar]) -> Bool {
    label.elementsEqual(text(label)._nfc)
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
