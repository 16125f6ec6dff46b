import ConnectorKit
import Wire

// SAFETY, for the whole file: positions lie in the reader's buffer and are not kept across a fill.

/// A CSV file that is being read, row by row.
@safe
struct CSVReader: ~Copyable {
  let path: String
  var source: TextSource
  var buffer = TextBuffer()
  var scanner: CellScanner
  /// The number of the line where the next row begins, from 1.
  var line = 1

  /// Opens a file; the lines before the header are skipped.
  static func open(
    _ file: SourceFile,
    _ settings: StreamSettings
  ) throws(Failure) -> CSVReader {
    var reader = CSVReader(try TextSource.open(file.path, settings.encoding), settings.dialect)
    for _ in 0..<settings.skipLines { try reader.skipLine() }
    return reader
  }

  private init(_ source: consuming TextSource, _ dialect: Dialect) {
    path = source.path
    self.source = source
    scanner = CellScanner(dialect)
  }

  /// The byte of the file where the next row begins, if the reader can go back to such a place.
  var offset: Int? { source.isSeekable ? source.mark + buffer.consumed : nil }

  /// Goes on at a row whose place was once the reader's `offset`.
  mutating func seek(to offset: Int, line: Int) throws(Failure) {
    try source.seek(to: offset)
    buffer.restart(at: offset - source.mark)
    self.line = line
  }

  /// Reads more text; false if there is none.
  mutating func more() throws(Failure) -> Bool {
    if buffer.isLast { return false }
    guard try buffer.fill(from: &source) else {
      throw Failure(
        .data,
        "\(path):\(line): the row that begins here is longer than \(TextBuffer.rowLimit >> 20) MiB",
        hint:
          "A quote that is never closed? Look at the line; \"quote\": \"\" reads quotes as text."
      )
    }
    return true
  }

  /// Finds the next row, which is then whole in the buffer; nil at the end.
  ///
  /// `consume(_:)` goes on after it.
  mutating func row() throws(Failure) -> (start: Position, next: Position)? {
    while true {
      try skipBlankLines()
      scanner.innerLines = 0
      unsafe scanner.end = buffer.end
      scanner.isLast = buffer.isLast
      let start = unsafe buffer.position
      guard unsafe start < buffer.end else { return nil }
      var p = unsafe start
      while true {
        let cell = unsafe scanner.cell(at: p)
        switch cell.stop {
        case .delimiter:
          unsafe p = unsafe cell.next
          continue
        case .row: return unsafe (start, cell.next)
        case .incomplete: break
        case .unterminated: throw unsafe unterminated(p, start)
        case .afterQuote: throw unsafe afterQuote(cell.next, start)
        }
        break
      }
      _ = try more()
    }
  }

  /// The row that `row()` found has been dealt with.
  mutating func consume(_ row: (start: Position, next: Position)) {
    unsafe buffer.consume(to: row.next)
    line += 1 + scanner.innerLines
    scanner.innerLines = 0
  }

  /// Reads past `count` rows; false if there are fewer.
  mutating func skip(rows count: Int) throws(Failure) -> Bool {
    for _ in 0..<count {
      guard let row = unsafe try row() else { return false }
      unsafe consume(row)
    }
    return true
  }

  /// Calls `body` for each cell of the next row and goes on after it; false at the end.
  mutating func next(
    _ body: (_ column: Int, _ cell: CellScanner.Cell) -> Void
  ) throws(Failure) -> Bool {
    guard let row = unsafe try row() else { return false }
    let lines = scanner.innerLines
    var p = unsafe row.start
    var column = 0
    while true {
      let cell = unsafe scanner.cell(at: p)
      body(column, cell)
      if cell.stop != .delimiter { break }
      unsafe p = unsafe cell.next
      column += 1
    }
    scanner.innerLines = lines
    unsafe consume(row)
    return true
  }

  /// Passes lines without any text.
  mutating func skipBlankLines() throws(Failure) {
    while true {
      var p = unsafe buffer.position
      let end = unsafe buffer.end
      while unsafe p < end, unsafe p.pointee == 0x0A || p.pointee == 0x0D {
        if unsafe p.pointee == 0x0D, unsafe p + 1 == end, !buffer.isLast { break }
        unsafe p += unsafe p.pointee == 0x0D && p + 1 < end && p[1] == 0x0A ? 2 : 1
        line += 1
      }
      unsafe buffer.consume(to: p)
      if unsafe p < end, unsafe !(p.pointee == 0x0D) { return }
      guard try more() else { return }
    }
  }

  private mutating func skipLine() throws(Failure) {
    while true {
      var p = unsafe buffer.position
      let end = unsafe buffer.end
      while unsafe p < end, unsafe p.pointee != 0x0A { unsafe p += 1 }
      if unsafe p < end {
        unsafe buffer.consume(to: p + 1)
        line += 1
        return
      }
      unsafe buffer.consume(to: p)
      guard try more() else { return }
    }
  }
}
