/// The rules of RFC 5892, appendix A: where a character may stand that is not allowed everywhere.
struct IDNAContext {
  private let label: [Unicode.Scalar]
  private let index: Int

  init(_ label: [Unicode.Scalar], _ index: Int) {
    self.label = label
    self.index = index
  }

  private var before: Unicode.Scalar? { index > 0 ? label[index - 1] : nil }
  private var after: Unicode.Scalar? { index + 1 < label.count ? label[index + 1] : nil }

  /// Whether the surroundings allow the character.
  var isRight: Bool {
    switch label[index].value {
    case 0x200C: followsVirama || joins
    case 0x200D: followsVirama
    // The middle dot of Catalan.
    case 0xB7: before == "l" && after == "l"
    case 0x375: isOf("Greek", after)
    case 0x5F3, 0x5F4: isOf("Hebrew", before)
    case 0x30FB:
      Self.matches(
        #"[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]"#,
        IDNALabel.text(label)
      )
    // The two sets of Arabic digits do not mix.
    case 0x660...0x669: !label.contains { (0x6F0...0x6F9).contains($0.value) }
    case 0x6F0...0x6F9: !label.contains { (0x660...0x669).contains($0.value) }
    default: false
    }
  }

  private var followsVirama: Bool { before?.properties.canonicalCombiningClass == .virama }

  private func isOf(_ script: String, _ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return Self.matches(#"\p{Script=\#(script)}"#, String(Character(scalar)))
  }

  /// Letters that join with the one before them only, of the scripts in use.
  private static let right =
    #"\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0"#
    + #"\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0710\u0715-\u0719\u071e\u0728"#
    + #"\u072a\u072c\u072f\u074d\u0759-\u075b\u076b\u076c\u0771\u0773\u0774\u0778\u0779\u0840"#
    + #"\u0846\u0847\u0849\u0854\u0856-\u0858\u0870-\u0882\u088e\u08aa-\u08ac\u08ae\u08b1\u08b2"#
    + #"\u08b9"#
  /// Letters of those scripts that do not join at all.
  private static let alone = #"\u0621\u0674\u06e5\u06e6\u0887\u08ad\u08c9\u1880-\u1884\ua873"#
  private static let both =
    #"(?![\#(right)\#(alone)])(?=\p{L})"#
    + #"[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mandaic}\p{Script=Nko}\p{Script=Mongolian}"#
    + #"\p{Script=Phags_Pa}\p{Script=Adlam}]"#
  private static let transparent = #"(?:(?![\u200c\u200d])[\p{Mn}\p{Me}\p{Cf}])*"#

  /// Whether a letter before and one after would join, were it not for this character.
  private var joins: Bool {
    let before = IDNALabel.text(label[..<index])
    let after = IDNALabel.text(label[(index + 1)...])
    return Self.matches("\(Self.both)\(Self.transparent)$", before)
      && Self.matches("^\(Self.transparent)(?:[\(Self.right)]|\(Self.both))", after)
  }

  /// Whether a pattern, which is right, matches; compiled anew, since a pattern is of one thread.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    (try? Pattern(pattern))?.matches(text) == .yes
  }
}
