import ConnectorKit
import Wire

// SAFETY, for the whole file: positions lie in the reader's buffer, `start` at the beginning of the
// row whose line is `line`.

extension CSVReader {
  /// `file:line:column` of a place in the row that begins at `start`; columns count characters.
  func place(_ p: Position, _ start: Position) -> String {
    var line = self.line
    var column = 1
    for byte in unsafe Array(UnsafeBufferPointer(start: start, count: p - start)) {
      column += byte & 0xC0 == 0x80 ? 0 : 1
      if byte == 0x0A { (line, column) = (line + 1, 1) }
    }
    return "\(path):\(line):\(column)"
  }

  func unterminated(_ p: Position, _ start: Position) -> Failure {
    unsafe Failure(
      .data,
      "\(place(p, start)): the quote that opens here is never closed",
      hint: "Close it, or set \"quote\": \"\" if quotes are ordinary text in this file."
    )
  }

  func afterQuote(_ p: Position, _ start: Position) -> Failure {
    unsafe Failure(
      .data,
      "\(place(p, start)): text follows a closing quote",
      hint: "A quote inside a quoted cell is doubled (\"\"); set \"escape\": \"\\\\\" if the file "
        + "escapes it, or \"quote\": \"\" if quotes are ordinary text."
    )
  }

  func notUTF8(_ p: Position, _ start: Position, _ column: String) -> Failure {
    unsafe Failure(
      .data,
      "\(place(p, start)): \(column) is not valid UTF-8",
      hint: "Set \"encoding\": \"latin-1\" (or windows-1252, utf-16) if that is how it was written."
    )
  }

  func ragged(_ cells: Int, _ columns: Int, _ start: Position) -> Failure {
    let hint =
      cells < columns
      ? "Set \"ragged\": \"pad\" to read missing cells as null."
      : "Set \"ragged\": \"collect\" to keep surplus cells in a column of their own; "
        + "is the \"delimiter\" right?"
    return Failure(
      .data,
      "\(path):\(line): the row has \(cells == 1 ? "1 cell" : "\(cells) cells"), "
        + "the header \(columns)",
      hint: hint
    )
  }
}
