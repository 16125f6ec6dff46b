import ConnectorKit
import Wire

// SAFETY, for the whole file: positions lie in the reader's buffer, or in its scanner's scratch
// while the cell is valid.

extension RecordEncoder {
  /// Why a row cannot be read; nil if more text may help.
  @inline(never)
  func fault(
    _ cell: CellScanner.Cell,
    _ p: Position,
    _ start: Position,
    _ reader: borrowing CSVReader
  ) -> Failure? {
    switch cell.stop {
    case .unterminated: unsafe reader.unterminated(p, start)
    case .afterQuote: unsafe reader.afterQuote(cell.next, start)
    case .incomplete, .delimiter, .row: nil
    }
  }

  /// The failure of a cell that is not of its column's kind.
  @inline(never)
  func misfit(
    _ cell: CellScanner.Cell,
    _ column: Int,
    _ p: Position,
    _ start: Position,
    _ reader: borrowing CSVReader
  ) -> Failure {
    let name = header[column]
    let kind = plan.steps[column].kind
    if kind == .string { return unsafe reader.notUTF8(p, start, "column \"\(name)\"") }
    let bytes = unsafe UnsafeBufferPointer(start: cell.start, count: min(cell.count, 40))
    let text = unsafe String(decoding: bytes, as: UTF8.self) + (cell.count > 40 ? "…" : "")
    let place = unsafe reader.place(p, start)
    let key = JSONText.quoted(name)
    return Failure(
      .data,
      "\(place): column \(key): \(JSONText.quoted(text)) is not \(kind.noun)",
      hint: hint(key, text, kind, cell)
    )
  }

  private func hint(
    _ key: String,
    _ text: String,
    _ kind: ColumnKind,
    _ cell: CellScanner.Cell
  ) -> String {
    let wider: ColumnKind =
      kind == .integer && ColumnGuess.kind(of: cell) == .number ? .number : .string
    var hint = "Set \"types\": {\(key): \"\(wider.name)\"} in the configuration"
    if kind == .integer || kind == .number, isTellable(cell, kind) {
      hint += ", or \"\(kind.name)\" to read it as a number all the same"
    }
    return hint + "; if it means null, add \(JSONText.quoted(text)) to \"null_values\"."
  }

  /// Whether a column that is told its kind would take the cell.
  private func isTellable(_ cell: CellScanner.Cell, _ kind: ColumnKind) -> Bool {
    let scratch = Output.allocate(capacity: cell.count + Self.slack)
    defer { unsafe scratch.deallocate() }
    return unsafe NumberText.told(cell.start, cell.end, scratch, isInteger: kind == .integer) != nil
  }
}
