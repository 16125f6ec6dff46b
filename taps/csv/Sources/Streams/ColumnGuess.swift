import JSON

// SAFETY, for the whole file: a cell's bytes are read while it is valid.

/// What the cells of a column have been so far.
struct ColumnGuess {
  /// Words by which people and programs mean null; only `null_values` makes them so.
  private static let words: [[UInt8]] = [
    "NA", "N/A", "n/a", "#N/A", "NULL", "null", "Null", "None", "none", "nil", "\\N", "NaN", "nan",
    "-", "--", "?", ".",
  ].map { Array($0.utf8) }

  /// The narrowest kind that all values are; nil before the first.
  private(set) var kind: ColumnKind?
  /// Words for null that are in the way of a narrower kind, and how often each was seen.
  private(set) var words: [String: Int] = [:]

  /// Whether only text is left.
  var isText: Bool {
    if case .string = kind { true } else { false }
  }

  /// The kind of the column.
  var result: ColumnKind { words.isEmpty ? kind ?? .string : .string }
  /// The kind that the column would have if its words for null were null.
  var hidden: ColumnKind? { words.isEmpty || kind == .string ? nil : kind }

  /// Takes one more value that is not null.
  mutating func add(_ cell: CellScanner.Cell) {
    if isText { return }
    // A cell is mostly what those before it were.
    if let kind, Self.isPlainly(kind, cell) { return }
    let found = Self.kind(of: cell)
    if found == .string, words.count < 8 || words[cell.text] != nil, Self.isWord(cell) {
      words[cell.text, default: 0] += 1
      return
    }
    guard let kind else {
      self.kind = found
      return
    }
    if found == kind { return }
    let numbers: [ColumnKind] = [.integer, .number]
    self.kind = numbers.contains(kind) && numbers.contains(found) ? .number : .string
  }

  /// Whether a cell is surely of a kind that can be told from its bytes alone.
  private static func isPlainly(_ kind: ColumnKind, _ cell: CellScanner.Cell) -> Bool {
    let start = unsafe cell.start
    switch kind {
    case .integer:
      guard cell.count > 0, cell.count <= 8 else { return false }
      let word = unsafe Word.load(start)
      guard cell.count == 1 || word & 0xFF != 0x30 else { return false }
      return Word.nonDigits(word) & Word.mask(cell.count) == 0
    case .date:
      guard cell.count == 10, let day = unsafe CivilDay(start) else { return false }
      return day.year >= 1
    default: return false
    }
  }

  private static func isWord(_ cell: CellScanner.Cell) -> Bool {
    guard cell.count <= 4 else { return false }
    let bytes = unsafe UnsafeBufferPointer(start: cell.start, count: cell.count)
    return words.contains { unsafe $0.elementsEqual(bytes) }
  }

  /// The narrowest kind of one text, by the rules of the encoder.
  static func kind(of cell: CellScanner.Cell) -> ColumnKind {
    let start = unsafe cell.start
    let end = unsafe cell.end
    guard cell.count > 0, cell.count <= 64 else { return .string }
    let first = unsafe start.pointee
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { room in
      guard let out = room.baseAddress else { return .string }
      switch first {
      case 0x2D, 0x30...0x39:
        // An integer beyond 64 bits is a label more often than a quantity: it stays text.
        if unsafe NumberText.integer(start, end, out) != nil {
          return cell.count <= 18 || Int64(cell.text) != nil ? .integer : .string
        }
        if unsafe NumberText.number(start, end, out) != nil { return .number }
        if unsafe TimeText.date(start, end, out) != nil { return .date }
        if unsafe TimeText.dateTime(start, end, out, isLocal: true) != nil {
          return .dateTime(isLocal: true)
        }
        if unsafe TimeText.dateTime(start, end, out, isLocal: false) != nil {
          return .dateTime(isLocal: false)
        }
      case 0x54, 0x74, 0x46, 0x66:
        if unsafe BooleanText.write(start, end, out, isTold: false) != nil { return .boolean }
      default: break
      }
      return .string
    }
  }
}
