/// The beginning of a text, for a message.
///
/// One that is cut ends in a sign of omission: whoever takes secrets out of messages must tell the
/// beginning of one from other words.
package enum Excerpt {
  /// At most `most` characters of the first line, control characters as blanks.
  package static func of(_ bytes: some Collection<UInt8>, _ most: Int = 80) -> String {
    // A scalar has at most four bytes: what is decoded ends behind the place of the cut.
    let text = String(decoding: bytes.prefix(most * 4 + 4), as: UTF8.self).unicodeScalars
    let line = text.prefix { $0 != "\n" && $0 != "\r" }
    let isWhole = line.count <= most
    var result = String.UnicodeScalarView()
    for scalar in line.prefix(isWhole ? most : most - 1) {
      result.append(scalar.value < 32 ? " " : scalar)
    }
    return isWhole ? String(result) : "\(String(result))…"
  }
}
