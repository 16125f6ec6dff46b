internal import Contracts
internal import JSON
internal import Posix
package import Wire

/// Writes patterns into a job file's `source.select`; all other lines stay as they are.
package enum SelectionFile {
  package static func write(_ patterns: [String], to path: String) throws(Failure) {
    guard let bytes = try? Files.read(path) else { throw Failure(.io, "\(path) cannot be read") }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let root = YAMLFile.read(path).root, let changed = edited(text, root, patterns),
      selected(changed) == patterns
    else {
      throw Failure(
        .configuration,
        "\(path): the place of \"select\" is not one that can be edited safely",
        hint: "Write it below \"source\" by hand: \(line(patterns))"
      )
    }
    do throws(PosixError) {
      try Files.mayWrite(path)
      try Files.replace(path, Array(changed.utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }

  private static func line(_ patterns: [String]) -> String {
    "select: [\(patterns.map { JSONValue.string($0).encoded() }.joined(separator: ", "))]"
  }

  /// What a text selects once it is read again.
  private static func selected(_ text: String) -> [String]? {
    guard let root = try? YAMLNode.parse(text) else { return nil }
    guard case .sequence(let items, _)? = root["source"]?["select"] else { return nil }
    return items.compactMap(\.text)
  }

  private static func edited(_ text: String, _ root: YAMLNode, _ patterns: [String]) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let source = root.members.first(where: { $0.key == "source" }),
      let first = source.value.members.first, first.keyMark.line > source.keyMark.line
    else { return nil }
    let indentation = String(repeating: " ", count: first.keyMark.column - 1)
    let new = indentation + line(patterns)
    guard let old = source.value.members.first(where: { $0.key == "select" }) else {
      lines.insert(new, at: source.keyMark.line)
      return lines.joined(separator: "\n")
    }
    let start = old.keyMark.line - 1
    var end = start + 1
    // A list may stand as far left as its key.
    while end < lines.count, belongs(lines[end], to: old.keyMark.column - 1) { end += 1 }
    while end > start + 1, isBlank(lines[end - 1]) { end -= 1 }
    lines.replaceSubrange(start..<end, with: [new])
    return lines.joined(separator: "\n")
  }

  private static func belongs(_ line: String, to indentation: Int) -> Bool {
    guard !isBlank(line) else { return true }
    let own = line.prefix { $0 == " " }.count
    return own > indentation || own == indentation && line.dropFirst(own).hasPrefix("-")
  }

  private static func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
}
