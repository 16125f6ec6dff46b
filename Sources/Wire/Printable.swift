/// Text as a terminal may be shown it, whoever wrote it.
package enum Printable {
  /// `text` with `?` for each control character, the escape that colours begin with too, which could
  /// rewrite what stands there already; a tab stays, and a line feed where the text may have lines.
  package static func text(_ text: String, hasLines: Bool = true) -> String {
    func isControl(_ byte: UInt8) -> Bool {
      byte == 0x7F || (byte < 0x20 && byte != 0x09 && !(hasLines && byte == 0x0A))
    }
    guard text.utf8.contains(where: isControl) else { return text }
    return String(decoding: text.utf8.map { isControl($0) ? 0x3F : $0 }, as: UTF8.self)
  }
}
