/// Paths by their bytes: two that are one text to `==`, in Unicode's eyes, may be two files.
package struct PathSet: Hashable, Sendable, ExpressibleByArrayLiteral {
  private var paths: Set<[UInt8]> = []

  package init(_ paths: some Sequence<String>) { insert(paths) }
  package init(arrayLiteral paths: String...) { insert(paths) }

  package mutating func insert(_ paths: some Sequence<String>) {
    for path in paths { self.paths.insert(Array(path.utf8)) }
  }

  package func contains(_ path: String) -> Bool { paths.contains(Array(path.utf8)) }

  /// The paths in the order of their bytes.
  package var sorted: [String] {
    paths.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }
}
