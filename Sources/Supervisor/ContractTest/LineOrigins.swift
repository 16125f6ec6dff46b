/// Which data the lines of a stream came from, and which line or row of them.
struct LineOrigins {
  /// A place in the data that the user named.
  struct Place: Hashable, Sendable {
    /// The data, as they were named.
    let path: String
    /// From 1.
    let number: Int
    /// Whether it is a line of a file, or else a row.
    let isLine: Bool

    var text: String { "\(isLine ? "line" : "row") \(number)" }
  }

  private var parts: [(lines: Int, data: ContractData)] = []

  /// Notes that what follows, after so many lines, comes from `data`.
  mutating func begin(_ data: ContractData, after lines: Int) { parts.append((lines, data)) }

  /// The place of a line, from 1; nil for one that came from no data.
  func place(_ line: Int) -> Place? {
    guard let part = parts.last(where: { $0.lines < line }) else { return nil }
    return Place(path: part.data.path, number: line - part.lines, isLine: part.data.isLines)
  }
}
