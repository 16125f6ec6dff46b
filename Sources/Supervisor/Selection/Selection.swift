internal import JSON
package import Wire

/// What of a catalog is wanted, by patterns as Meltano has them.
///
/// `orders.id` is a property, `orders.*` and `orders` a whole stream; `*`, `?` and `[…]` match as in
/// file names, and a dot that belongs to a stream's name may be escaped. A pattern with `!` takes
/// away what it matches, wherever it stands; if there are only such, they take away from everything.
package struct Selection: Sendable {
  /// A pattern that matches nothing, and what was probably meant.
  package struct Unmatched: Hashable, Sendable {
    package let pattern: String
    /// Its place in the list.
    package let index: Int
    package let message: String
    package let hint: String?
  }

  private let wanted: [Pattern]
  private let unwanted: [Pattern]
  private let patterns: [String]

  package init(_ patterns: [String]) {
    self.patterns = patterns
    let all = patterns.map(Pattern.init)
    unwanted = all.filter(\.isNegated)
    let positive = all.filter { !$0.isNegated }
    wanted = positive.isEmpty ? [Pattern("*")] : positive
  }

  /// The catalog with the selection written into it, in every way that taps look at.
  ///
  /// Keys, the replication key and what the tap itself always sends stay selected.
  package func apply(to catalog: Catalog) -> Catalog {
    Catalog(streams: catalog.streams.map(apply))
  }

  private func apply(to entry: Catalog.Entry) -> Catalog.Entry {
    var entry = entry
    let names = Set([entry.tapStreamID, entry.stream])
    let isWanted =
      wanted.contains { $0.touches(names) } && !unwanted.contains { $0.takesWhole(names) }
    entry.select(isWanted)
    guard isWanted else { return entry }
    let paths = Self.paths(of: entry.schema)
    let selected = paths.filter { path in
      let name = path.joined(separator: ".")
      return wanted.contains { $0.matches(names, name) }
        && !unwanted.contains { $0.matches(names, name) }
    }
    for path in paths {
      // A property that is not wanted is kept for one inside it that is.
      let isKept = selected.contains { $0.starts(with: path) }
      entry.select(path: path, isKept || Self.isAlways(path, entry))
    }
    return entry
  }

  private static func isAlways(_ path: [String], _ entry: Catalog.Entry) -> Bool {
    let breadcrumb = path.flatMap { ["properties", $0] }
    if entry.metadata(breadcrumb)?["inclusion"]?.string == "automatic" { return true }
    guard path.count == 1 else { return false }
    return entry.keyProperties.contains(path[0]) || entry.replicationKey == path[0]
  }

  /// The patterns that match no stream, or no property of one, of the catalog.
  package func unmatched(in catalog: Catalog) -> [Unmatched] {
    var result: [Unmatched] = []
    for (index, text) in patterns.enumerated() {
      let pattern = Pattern(text)
      let touched = catalog.streams.filter { pattern.touches([$0.tapStreamID, $0.stream]) }
      let isMet = touched.contains { entry in
        let names = Set([entry.tapStreamID, entry.stream])
        return pattern.takesWhole(names)
          || Self.paths(of: entry.schema).contains {
            pattern.matches(names, $0.joined(separator: "."))
          }
      }
      guard !isMet else { continue }
      result.append(
        touched.isEmpty
          ? noStream(text, index, pattern, catalog) : noProperty(text, index, pattern, touched)
      )
    }
    return result
  }

  private func noStream(
    _ text: String,
    _ index: Int,
    _ pattern: Pattern,
    _ catalog: Catalog
  ) -> Unmatched {
    let names = catalog.streams.map(\.tapStreamID)
    let near = Nearest.name(to: pattern.stream, among: names)
    return Unmatched(
      pattern: text,
      index: index,
      message: "the pattern \"\(text)\" matches no stream",
      hint: near.map { "Did you mean \"\($0)\"?" } ?? "The streams: \(Self.list(names))."
    )
  }

  private func noProperty(
    _ text: String,
    _ index: Int,
    _ pattern: Pattern,
    _ streams: [Catalog.Entry]
  ) -> Unmatched {
    let names = streams.flatMap { Self.paths(of: $0.schema) }.map { $0.joined(separator: ".") }
    let near = Nearest.name(to: pattern.property, among: names)
    let stream = streams.map(\.tapStreamID).joined(separator: ", ")
    return Unmatched(
      pattern: text,
      index: index,
      message: "the pattern \"\(text)\" matches no property of \(stream)",
      hint: near.map { "Did you mean \"\($0)\"?" } ?? "The properties: \(Self.list(names))."
    )
  }

  static func list(_ names: [String]) -> String {
    names.isEmpty
      ? "none" : names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  /// The properties of a schema, those inside others after them.
  private static func paths(of schema: JSONValue, depth: Int = 0) -> [[String]] {
    guard depth < 20 else { return [] }
    var paths = (schema["properties"]?.object?.members ?? []).flatMap { name, property in
      [[name]] + self.paths(of: property, depth: depth + 1).map { [name] + $0 }
    }
    for key in ["anyOf", "oneOf"] {
      for branch in schema[key]?.array ?? [] {
        paths += self.paths(of: branch, depth: depth + 1).filter { !paths.contains($0) }
      }
    }
    return paths
  }
}
