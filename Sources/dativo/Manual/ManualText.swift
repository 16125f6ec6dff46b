/// The discussion of a command as parts of a manual page.
///
/// Paragraphs are filled; indented lines are shown as they are; a line of capitals begins a section,
/// whose lines `code  meaning` are a list.
struct ManualText {
  /// The lines before the first section.
  private(set) var description: [String] = []
  private var sections: [(title: String, lines: [String])] = []

  init(_ discussion: String) {
    var block: [Substring] = []
    var blocks: [[Substring]] = []
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy({ $0 == " " }) {
        if !block.isEmpty { blocks.append(block) }
        block = []
      } else {
        block.append(line)
      }
    }
    if !block.isEmpty { blocks.append(block) }
    for block in blocks {
      if let first = block.first, Self.isTitle(first) {
        sections.append((String(first), Self.list(block.dropFirst())))
      } else if sections.isEmpty {
        if !description.isEmpty { description.append(".Pp") }
        description += Self.paragraph(block)
      } else {
        sections[sections.count - 1].lines += [".Pp"] + Self.paragraph(block)
      }
    }
  }

  /// The sections.
  var rest: [String] {
    sections.flatMap { [".Sh \($0.title)"] + $0.lines }
  }

  private static func isTitle(_ line: Substring) -> Bool {
    line.first?.isUppercase == true && line.allSatisfy { $0.isUppercase || $0 == " " }
  }

  private static func isIndented(_ line: Substring) -> Bool { line.hasPrefix("  ") }

  private static func paragraph(_ lines: [Substring]) -> [String] {
    var result: [String] = []
    var isLiteral = false
    for line in lines {
      if isIndented(line) != isLiteral {
        isLiteral.toggle()
        result.append(isLiteral ? ".Bd -literal -offset indent" : ".Ed")
      }
      result.append(ManualPage.plain(String(isLiteral ? line.dropFirst(2) : line)))
    }
    if isLiteral { result.append(".Ed") }
    return result
  }

  private static func list(_ lines: ArraySlice<Substring>) -> [String] {
    var result = [".Bl -tag -width 8n"]
    for line in lines {
      let text = line.drop { $0 == " " }
      let gap = text.firstRange(of: "  ")
      if let gap, line.count - text.count <= 4 {
        result.append(".It \(ManualPage.plain(String(text[..<gap.lowerBound])))")
        result.append(ManualPage.plain(String(text[gap.upperBound...].drop { $0 == " " })))
      } else if result.count == 1 {
        result.append(".It \(ManualPage.plain(String(text)))")
      } else {
        result.append(ManualPage.plain(String(text)))
      }
    }
    return result + [".El"]
  }
}
