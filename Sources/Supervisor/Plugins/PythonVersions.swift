/// Bounds on the version of Python, as packages write them: `>=3.10,<3.13`, `!=3.9.*`, `~=3.8`.
package struct PythonVersions: Sendable {
  private var bounds: [(relation: String, parts: [Int], isPrefix: Bool)]

  /// Nil for text that has not this form.
  package init?(_ text: String) {
    bounds = []
    for part in text.split(separator: ",") {
      let word = part.filter { $0 != " " }
      let relation = word.prefix { "<>=!~".contains($0) }
      var version = word.dropFirst(relation.count)
      guard ["<", "<=", ">", ">=", "==", "!=", "~=", "==="].contains(relation) else { return nil }
      let isPrefix = version.hasSuffix(".*")
      if isPrefix { version = version.dropLast(2) }
      guard let numbers = Self.numbers(version) else { return nil }
      bounds.append((String(relation), numbers, isPrefix))
    }
    guard !bounds.isEmpty else { return nil }
  }

  /// Whether a version such as `3.11.7` lies within.
  package func contains(_ version: String) -> Bool {
    guard let numbers = Self.numbers(version[...]) else { return false }
    return bounds.allSatisfy { bound in
      let size = max(numbers.count, bound.parts.count)
      let (left, right) = (Self.padded(numbers, size), Self.padded(bound.parts, size))
      let isEqual =
        bound.isPrefix ? Array(left.prefix(bound.parts.count)) == bound.parts : left == right
      let isLess = left.lexicographicallyPrecedes(right)
      return switch bound.relation {
      case "<": isLess
      case "<=": isLess || isEqual
      case ">": !isLess && !isEqual
      case ">=": !isLess
      case "!=": !isEqual
      case "~=": !isLess && left.starts(with: bound.parts.dropLast())
      default: isEqual
      }
    }
  }

  private static func numbers(_ text: Substring) -> [Int]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0.prefix { $0.isNumber }) }
    return numbers.count == parts.count && !numbers.isEmpty ? numbers : nil
  }

  private static func padded(_ numbers: [Int], _ size: Int) -> [Int] {
    numbers + Array(repeating: 0, count: size - numbers.count)
  }
}
