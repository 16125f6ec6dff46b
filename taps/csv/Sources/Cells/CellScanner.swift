import CVector
import Posix

// SAFETY, for the whole file: positions lie in the buffer that `end` ends. At `end` stands a line
// feed that is not part of the text, and sixteen readable bytes follow it, so that every search for
// the end of a cell stops there at the latest.

/// Finds the ends of cells, by RFC 4180 with a choice of delimiter, quote and escape.
@safe
struct CellScanner: ~Copyable {
  /// What follows a cell.
  enum Stop: UInt8 {
    case delimiter, row
    /// The text goes on beyond the buffer: ask again from the row's beginning with more of it.
    case incomplete
    /// The input ends inside quotes.
    case unterminated
    /// Text follows a closing quote.
    case afterQuote
  }

  /// One cell: its text, and where the next begins.
  @safe
  struct Cell {
    let start: Position
    let end: Position
    let next: Position
    let stop: Stop
    let isQuoted: Bool

    @inline(__always)
    init(_ start: Position, _ end: Position, _ next: Position, _ stop: Stop, _ isQuoted: Bool) {
      unsafe self.start = start
      unsafe self.end = end
      unsafe self.next = next
      self.stop = stop
      self.isQuoted = isQuoted
    }

    var count: Int { unsafe end - start }
    var text: String {
      unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }

  let dialect: Dialect
  /// Where the text in the buffer ends.
  var end: Position
  /// Whether nothing follows `end`.
  var isLast = false
  /// The line feeds inside the quoted cells that were found since this was last set to zero.
  var innerLines = 0
  private let needsCare: Bool
  private var scratch: Output
  private var scratchCapacity = 4096
  private var scratchCount = 0

  init(_ dialect: Dialect) {
    self.dialect = dialect
    needsCare = dialect.hasEscape
    unsafe scratch = .allocate(capacity: scratchCapacity + 16)
    unsafe scratch.initialize(repeating: 0, count: scratchCapacity + 16)
    unsafe end = Position(scratch)
  }

  deinit { unsafe scratch.deallocate() }

  /// The cell that begins at `p`; its text is valid until the next call.
  @inline(__always)
  mutating func cell(at p: Position) -> Cell {
    if unsafe needsCare || p.pointee == dialect.quote { return unsafe special(p) }
    var q = unsafe p
    while true {
      let stop = unsafe cvector_cell_stop(q, dialect.delimiter)
      // A branch that is foreseen: adding what was found would make each step wait for the last.
      if stop < 16 {
        unsafe q += Int(stop)
        break
      }
      unsafe q += 16
    }
    return unsafe ended(p, q, at: q, isQuoted: false)
  }

  /// The cell with the text from `start` to `stop`, by what stands at `t`.
  @inline(__always)
  private func ended(
    _ start: Position,
    _ stop: Position,
    at t: Position,
    isQuoted: Bool
  ) -> Cell {
    let byte = unsafe t.pointee
    if byte == dialect.delimiter { return unsafe Cell(start, stop, t + 1, .delimiter, isQuoted) }
    if unsafe t >= end {
      return unsafe Cell(start, stop, end, isLast ? .row : .incomplete, isQuoted)
    }
    if byte == 0x0A { return unsafe Cell(start, stop, t + 1, .row, isQuoted) }
    if byte == 0x0D {
      if unsafe t + 1 < end {
        return unsafe Cell(start, stop, t[1] == 0x0A ? t + 2 : t + 1, .row, isQuoted)
      }
      return unsafe Cell(start, stop, end, isLast ? .row : .incomplete, isQuoted)
    }
    return unsafe Cell(start, stop, t, .afterQuote, isQuoted)
  }

  @inline(never)
  private mutating func special(_ p: Position) -> Cell {
    if needsCare { return unsafe escaped(p) }
    let first = unsafe p + 1
    var q = unsafe first
    var isDoubled = false
    while true {
      guard unsafe q <= end, let found = unsafe Bytes.find(dialect.quote, q, end) else {
        return unsafe Cell(p, p, p, isLast ? .unterminated : .incomplete, true)
      }
      if unsafe found + 1 == end, !isLast { return unsafe Cell(p, p, p, .incomplete, true) }
      if unsafe found + 1 < end, unsafe found[1] == dialect.quote {
        isDoubled = true
        unsafe q = unsafe found + 2
        continue
      }
      unsafe countLines(first, found)
      guard isDoubled else { return unsafe ended(first, found, at: found + 1, isQuoted: true) }
      unsafe undouble(first, found)
      return unsafe ended(
        Position(scratch),
        Position(scratch) + scratchCount,
        at: found + 1,
        isQuoted: true
      )
    }
  }

  private mutating func countLines(_ start: Position, _ end: Position) {
    var q = unsafe start
    while let feed = unsafe Bytes.find(0x0A, q, end) {
      innerLines += 1
      unsafe q = unsafe feed + 1
    }
  }

  private mutating func undouble(_ start: Position, _ end: Position) {
    unsafe reserve(end - start)
    scratchCount = 0
    var q = unsafe start
    while let found = unsafe Bytes.find(dialect.quote, q, end) {
      let count = unsafe found + 1 - q
      unsafe (scratch + scratchCount).update(from: q, count: count)
      scratchCount += count
      unsafe q = unsafe found + 2
    }
    let count = unsafe end - q
    unsafe (scratch + scratchCount).update(from: q, count: count)
    scratchCount += count
  }

  private mutating func reserve(_ count: Int) {
    guard count > scratchCapacity else { return }
    unsafe scratch.deallocate()
    scratchCapacity = max(count, scratchCapacity * 2)
    unsafe scratch = .allocate(capacity: scratchCapacity + 16)
    unsafe scratch.initialize(repeating: 0, count: scratchCapacity + 16)
  }

  /// The cell at `p` of a dialect with an escape, byte by byte.
  private mutating func escaped(_ p: Position) -> Cell {
    let isQuoted = unsafe p < end && p.pointee == dialect.quote
    var q = unsafe isQuoted ? p + 1 : p
    scratchCount = 0
    while unsafe q < end {
      let byte = unsafe q.pointee
      if byte == dialect.escape, !(isQuoted && dialect.escape == dialect.quote) {
        guard unsafe q + 1 < end else {
          if !isLast { return unsafe Cell(p, p, p, .incomplete, isQuoted) }
          push(byte)
          unsafe q += 1
          break
        }
        unsafe push(q[1])
        unsafe q += 2
      } else if isQuoted, byte == dialect.quote {
        if unsafe q + 1 == end, !isLast { return unsafe Cell(p, p, p, .incomplete, true) }
        guard unsafe q + 1 < end, unsafe q[1] == byte else {
          unsafe countLines(p, q)
          return unsafe ended(
            Position(scratch),
            Position(scratch) + scratchCount,
            at: q + 1,
            isQuoted: true
          )
        }
        push(byte)
        unsafe q += 2
      } else if !isQuoted, byte == dialect.delimiter || byte == 0x0A || byte == 0x0D {
        return unsafe unquoted(p, q)
      } else {
        push(byte)
        unsafe q += 1
      }
    }
    if !isLast { return unsafe Cell(p, p, p, .incomplete, isQuoted) }
    return unsafe isQuoted ? Cell(p, p, p, .unterminated, true) : unquoted(p, q)
  }

  /// An unquoted cell with its escapes undone; a null keeps its own spelling, such as `\N`.
  private mutating func unquoted(_ p: Position, _ q: Position) -> Cell {
    unsafe countLines(p, q)
    let raw = unsafe UnsafeBufferPointer(start: p, count: q - p)
    if dialect.nulls.contains(where: { unsafe $0.elementsEqual(raw) }) {
      return unsafe ended(p, q, at: q, isQuoted: false)
    }
    return unsafe ended(
      Position(scratch),
      Position(scratch) + scratchCount,
      at: q,
      isQuoted: false
    )
  }

  private mutating func push(_ byte: UInt8) {
    if scratchCount == scratchCapacity {
      let grown = Output.allocate(capacity: scratchCapacity * 2 + 16)
      unsafe grown.initialize(repeating: 0, count: scratchCapacity * 2 + 16)
      unsafe grown.update(from: scratch, count: scratchCount)
      unsafe scratch.deallocate()
      unsafe scratch = unsafe grown
      scratchCapacity *= 2
    }
    unsafe scratch[scratchCount] = byte
    scratchCount += 1
  }
}
