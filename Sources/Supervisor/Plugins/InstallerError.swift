/// The line of an installer's complaint that says why.
enum InstallerError {
  /// Words of lines that tell the cause, the surest first.
  private static let signs = [
    "hash mismatch", "hashes are required", "no version of", "no matching distribution",
    "was not found in the package registry", "requires-python", "requires a different python",
    "no interpreter found", "modulenotfounderror", "error:", "because ", "failed",
  ]

  /// Nil where nothing was said.
  static func reason(_ lines: [String]) -> String? {
    let lines = lines.map(plain).filter { !$0.isEmpty }
    for sign in signs {
      if let line = lines.first(where: { $0.lowercased().contains(sign) }) { return line }
    }
    return lines.last
  }

  /// A line without the marks that installers draw before it.
  private static func plain(_ line: String) -> String {
    let marks: Set<Character> = [" ", "×", "╰", "─", "▶", "│", "├", "·"]
    return String(line.drop { marks.contains($0) })
  }
}
