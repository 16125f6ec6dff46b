internal import JSON
internal import Yams

extension YAMLNode {
  /// The largest number of values in a document, aliases followed: what stops an alias bomb.
  private static let limit = 200_000

  /// Reads one YAML document; an empty one is null.
  ///
  /// A key that stands twice in a mapping is an error, since one of the two would be ignored. `<<` is
  /// YAML's merge key: the members of what it names are the mapping's, too, where it has none of its
  /// own by that name.
  package static func parse(_ text: String) throws(YAMLError) -> YAMLNode {
    // Editors of Windows begin files with a byte-order mark, which the parser takes for text.
    if text.unicodeScalars.first == "\u{FEFF}" {
      return try parse(String(text.unicodeScalars.dropFirst()))
    }
    let root: Node?
    do {
      // Without rules: what a scalar is we tell ourselves, and matching every key took longer than
      // all else at a start.
      root = try Yams.compose(yaml: text, .basic)
    } catch let error as Yams.YamlError {
      throw YAMLError(error, in: text)
    } catch {
      throw YAMLError(reason: "\(error)", mark: Mark(line: 1, column: 1))
    }
    guard let root else { return .scalar("", isPlain: true, Mark(line: 1, column: 1)) }
    var left = limit
    return try convert(root, &left)
  }

  private static func convert(_ node: Node, _ left: inout Int) throws(YAMLError) -> YAMLNode {
    let mark = Mark(node.mark)
    left -= 1
    guard left > 0 else {
      throw YAMLError(reason: "more than \(limit) values, aliases followed", mark: mark)
    }
    switch node {
    case .scalar(let scalar):
      return .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any, mark)
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence { elements.append(try convert(element, &left)) }
      return .sequence(elements, mark)
    case .mapping(let mapping):
      var members: [Member] = []
      var merged: [Member] = []
      var keys: Set<String> = []
      for (key, value) in mapping {
        let keyMark = Mark(key.mark)
        guard let name = key.scalar?.string else {
          throw YAMLError(reason: "a key must be text", mark: keyMark)
        }
        guard keys.insert(name).inserted else {
          throw YAMLError(reason: "the key \"\(name)\" stands twice", mark: keyMark)
        }
        let value = try convert(value, &left)
        if name == "<<", key.scalar?.style == .plain {
          merged = try value.merged(keyMark)
        } else {
          members.append(Member(key: name, keyMark: keyMark, value: value))
        }
      }
      return .mapping(merged.filter { !keys.contains($0.key) } + members, mark)
    case .alias:
      throw YAMLError(reason: "an alias that leads nowhere", mark: mark)
    }
  }

  /// What a merge key brings along: the members of a mapping, or of several, the first of which counts.
  private func merged(_ keyMark: Mark) throws(YAMLError) -> [Member] {
    var members: [Member] = []
    var keys: Set<String> = []
    for node in elements ?? [self] {
      guard case .mapping(let more, _) = node else {
        throw YAMLError(
          reason: "\"<<\" takes a mapping, or a list of mappings, such as an alias of one",
          mark: keyMark
        )
      }
      members += more.filter { keys.insert($0.key).inserted }
    }
    return members
  }
}

extension YAMLNode.Mark {
  fileprivate init(_ mark: Yams.Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

extension YAMLError {
  fileprivate init(_ error: Yams.YamlError, in text: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(reason: problem, mark: YAMLNode.Mark(mark))
    case .duplicatedKeysInMapping(let keys, let context):
      let key = "\(keys.first ?? "")"
      let start = YAMLNode.Mark(context.mark)
      self.init(
        reason: "the key \"\(key)\" stands twice",
        mark: Self.second(key, from: start, in: text) ?? start
      )
    default:
      self.init(reason: "not YAML: \(error)", mark: YAMLNode.Mark(line: 1, column: 1))
    }
  }

  /// Where a key stands the second time in a block mapping that begins at `start`.
  private static func second(
    _ key: String,
    from start: YAMLNode.Mark,
    in text: String
  ) -> YAMLNode.Mark? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var isFound = false
    for (index, line) in lines.enumerated() where index + 1 >= start.line {
      guard line.dropFirst(start.column - 1).hasPrefix("\(key):") else { continue }
      if isFound { return YAMLNode.Mark(line: index + 1, column: start.column) }
      isFound = true
    }
    return nil
  }
}
