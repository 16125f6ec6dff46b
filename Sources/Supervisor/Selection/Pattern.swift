/// One pattern of a selection.
struct Pattern {
  let isNegated: Bool
  /// The pattern without `!`.
  private let text: String
  /// Every way to read it as a stream and a property; a stream's name may contain dots itself.
  private let splits: [(stream: String, property: String)]

  init(_ text: String) {
    isNegated = text.hasPrefix("!")
    let body = isNegated ? String(text.dropFirst()) : text
    self.text = body
    var splits: [(stream: String, property: String)] = []
    var isEscaped = false
    for index in body.indices {
      let character = body[index]
      if character == ".", !isEscaped {
        splits.append((String(body[..<index]), String(body[body.index(after: index)...])))
      }
      isEscaped = character == "\\" && !isEscaped
    }
    self.splits = splits
  }

  /// The stream's part, as it is most likely meant.
  var stream: String { splits.first?.stream ?? text }
  /// The property's part, as it is most likely meant.
  var property: String { splits.first?.property ?? "*" }

  /// Whether the stream of these names is meant, or something in it.
  func touches(_ names: Set<String>) -> Bool {
    takesWhole(names) || splits.contains { split in Self.any(names, split.stream) }
  }

  /// Whether the whole stream is meant.
  func takesWhole(_ names: Set<String>) -> Bool {
    Self.any(names, text) || splits.contains { $0.property == "*" && Self.any(names, $0.stream) }
  }

  /// Whether a property, by its dotted name, is meant.
  func matches(_ names: Set<String>, _ property: String) -> Bool {
    takesWhole(names)
      || splits.contains { split in
        Self.any(names, split.stream) && Paths.matches(property, split.property)
      }
  }

  private static func any(_ names: Set<String>, _ pattern: String) -> Bool {
    names.contains { Paths.matches($0, pattern) }
  }
}
