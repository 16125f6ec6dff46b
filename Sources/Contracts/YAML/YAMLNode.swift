package import JSON
internal import Yams

/// A YAML value with its place in the file, for messages that name line and column.
///
/// Scalars follow the YAML 1.2 core schema and keep their source text: `1.10` can still be read as
/// the string "1.10", `NO` is text, `010` is ten.
package indirect enum YAMLNode: Sendable {
  /// A line and a column, both from 1.
  package struct Mark: Hashable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// A member of a mapping; its key has a place of its own.
  package struct Member: Sendable {
    package let key: String
    package let keyMark: Mark
    package let value: YAMLNode
  }

  /// A scalar's text, and whether it stood without quotes.
  case scalar(String, isPlain: Bool, Mark)
  case sequence([YAMLNode], Mark)
  case mapping([Member], Mark)

  /// Where the value begins.
  package var mark: Mark {
    switch self {
    case .scalar(_, _, let mark), .sequence(_, let mark), .mapping(_, let mark): mark
    }
  }

  /// The value under `key` of a mapping; of equal keys the last stands.
  package subscript(key: String) -> YAMLNode? {
    guard case .mapping(let members, _) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The members of a mapping; none for other values.
  package var members: [Member] {
    if case .mapping(let members, _) = self { members } else { [] }
  }

  /// The elements of a sequence; nil for other values.
  package var elements: [YAMLNode]? {
    if case .sequence(let elements, _) = self { elements } else { nil }
  }

  /// The source text of a scalar, whatever its type; nil for other values and for null.
  package var text: String? {
    guard case .scalar(let text, _, _) = self, !isNull else { return nil }
    return text
  }

  /// Whether the value is null, or nothing.
  package var isNull: Bool {
    guard case .scalar(let text, let isPlain, _) = self, isPlain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The value as JSON, scalars typed by the core schema.
  package var json: JSONValue {
    switch self {
    case .scalar(let text, let isPlain, _): isPlain ? YAMLScalar.json(text) : .string(text)
    case .sequence(let elements, _): .array(elements.map(\.json))
    case .mapping(let members, _):
      .object(JSONObject(members.map { (key: $0.key, value: $0.value.json) }))
    }
  }

  /// The value at a JSON Pointer; where that leads nowhere, the last value on the way.
  package func nearest(_ pointer: [String]) -> YAMLNode {
    guard let step = pointer.first else { return self }
    let next: YAMLNode? =
      if let elements, let index = Int(step), elements.indices.contains(index) {
        elements[index]
      } else {
        self[step]
      }
    return next?.nearest(Array(pointer.dropFirst())) ?? self
  }
}

/// Text that is not YAML, or YAML that is refused.
package struct YAMLError: Error, Hashable, Sendable {
  package let reason: String
  package let mark: YAMLNode.Mark
}
