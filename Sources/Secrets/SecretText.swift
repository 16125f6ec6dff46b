/// Text that may hold references to secrets; `$${secret:` stands for the characters themselves.
package struct SecretText: Sendable {
  package enum Piece: Hashable, Sendable {
    case plain(String)
    case reference(SecretReference)
  }

  package static let opening = "${secret:"

  package let pieces: [Piece]

  package init(_ text: String) throws(SecretPath.Problem) {
    var pieces: [Piece] = []
    var plain = ""
    var rest = text[...]
    while let start = rest.firstRange(of: Self.opening) {
      let before = rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      if before.last == "$" {
        plain += before.dropLast() + Self.opening
        continue
      }
      plain += before
      guard let end = rest.firstIndex(of: "}") else {
        throw SecretPath.Problem(message: "\"\(Self.opening)\" without \"}\"")
      }
      if !plain.isEmpty { pieces.append(.plain(plain)) }
      plain = ""
      pieces.append(.reference(try SecretReference(String(rest[..<end]))))
      rest = rest[rest.index(after: end)...]
    }
    plain += rest
    if !plain.isEmpty { pieces.append(.plain(plain)) }
    self.pieces = pieces
  }

  /// The references in it, in order.
  package var references: [SecretReference] {
    pieces.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
  }

  /// The reference that is all of the text; nil for any other text.
  package var whole: SecretReference? {
    if pieces.count == 1, case .reference(let reference) = pieces[0] { reference } else { nil }
  }

  /// Whether a text has to be read as one of these.
  package static func isNeeded(_ text: String) -> Bool { text.contains(opening) }

  /// Text in which nothing is taken for a reference.
  package static func escaped(_ text: String) -> String {
    text.split(separator: opening, omittingEmptySubsequences: false)
      .joined(separator: "$" + opening)
  }
}
