/// What a character may do in an internationalized label; RFC 5892, from Unicode's properties.
enum IDNACharacter {
  case allowed, disallowed
  /// Allowed where its surroundings are right.
  case contextual

  init(_ scalar: Unicode.Scalar) {
    self = Self.exception(scalar.value) ?? Self.derived(scalar)
  }

  /// Section 2.6: characters whose properties say something else.
  private static func exception(_ code: UInt32) -> IDNACharacter? {
    switch code {
    case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: .allowed
    case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: .contextual
    // The joiners of section 2.8.
    case 0x200C, 0x200D: .contextual
    case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: .disallowed
    default: nil
    }
  }

  private static func derived(_ scalar: Unicode.Scalar) -> IDNACharacter {
    if scalar.isASCII {
      switch scalar {
      case "a"..."z", "0"..."9", "-": return .allowed
      default: return .disallowed
      }
    }
    switch scalar.value {
    // Conjoining jamo, and the blocks of section 2.4.
    case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB: return .disallowed
    case 0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F: return .disallowed
    default: break
    }
    let properties = scalar.properties
    // Folding also removes what is ignorable, which is disallowed all the same.
    if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint {
      return .disallowed
    }
    switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber,
      .nonspacingMark, .spacingMark:
      return .allowed
    default: return .disallowed
    }
  }
}
