/// Text as a terminal may be shown it, whoever wrote it.
package enum Printable {
  /// `text` with `?` for each character that a terminal would obey.
  ///
  /// These are controls, the escape that colours begin with too, and what turns the direction of
  /// writing. A tab stays, and a line feed where the text may have lines.
  package static func text(_ text: String, hasLines: Bool = true) -> String {
    // Most texts have none of the bytes that such characters begin with.
    let isSuspect = text.utf8.contains { byte in
      byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2
    }
    guard isSuspect else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: shown.append(scalar)
      case 0x0A where hasLines: shown.append(scalar)
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: shown.append("?")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }
}
