/// What keeps labels legible where some run from right to left; RFC 5893, section 2.
enum BidiRule {
  /// Whether anything in the label runs from right to left.
  static func runsLeft(_ label: [Unicode.Scalar]) -> Bool {
    // Blocks without such characters need no look at their classes.
    let mayRunLeft = label.contains { scalar in
      switch scalar.value {
      case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
        true
      default: false
      }
    }
    return mayRunLeft
      && IDNAContext.matches(#"[\p{bc:R}\p{bc:AL}\p{bc:AN}]"#, IDNALabel.text(label))
  }

  /// Whether the label begins, goes on and ends as one that runs one way; digits of one kind only.
  static func accepts(_ label: [Unicode.Scalar]) -> Bool {
    let text = IDNALabel.text(label)
    return IDNAContext.matches(toLeft, text) || IDNAContext.matches(toRight, text)
  }

  private static let neutral =
    #"\p{bc:EN}\p{bc:ES}\p{bc:CS}\p{bc:ET}\p{bc:ON}\p{bc:BN}\p{bc:NSM}"#
  private static let oneKindOfDigits =
    #"(?!.*\p{bc:EN}.*\p{bc:AN}|.*\p{bc:AN}.*\p{bc:EN})"#
  private static let toLeft =
    #"^(?=[\p{bc:R}\p{bc:AL}])\#(oneKindOfDigits)[\p{bc:R}\p{bc:AL}\p{bc:AN}\#(neutral)]*"#
    + #"[\p{bc:R}\p{bc:AL}\p{bc:EN}\p{bc:AN}]\p{bc:NSM}*$"#
  private static let toRight =
    #"^(?=\p{bc:L})[\p{bc:L}\#(neutral)]*[\p{bc:L}\p{bc:EN}]\p{bc:NSM}*$"#
}
