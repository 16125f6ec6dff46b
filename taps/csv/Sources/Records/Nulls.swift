// SAFETY, for the whole file: a cell's bytes are read while it is valid.

/// The texts that mean null.
struct Nulls: Sendable {
  private let texts: [[UInt8]]
  private let longest: Int
  private let emptyIsNull: Bool
  private let quoted: Bool

  init(_ dialect: Dialect) {
    texts = dialect.nulls.filter { !$0.isEmpty }
    longest = texts.map(\.count).max() ?? 0
    emptyIsNull = dialect.nulls.contains([])
    quoted = dialect.quotedNulls
  }

  /// Whether a cell means null; a quoted one is text in a column of texts, unless said otherwise.
  @inline(__always)
  func contains(_ cell: CellScanner.Cell, isText: Bool) -> Bool {
    let count = cell.count
    if count > 0, count > longest { return false }
    if cell.isQuoted, isText, !quoted { return false }
    return unsafe count == 0 ? emptyIsNull : matches(cell.start, count)
  }

  @inline(never)
  private func matches(_ start: Position, _ count: Int) -> Bool {
    let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
    return texts.contains { unsafe $0.elementsEqual(bytes) }
  }
}
