// SAFETY, for the whole file: cells have eight readable bytes after their end, and the output has
// room for six times the cell and 64 bytes more.

/// Checks the text of numbers and writes them as JSON numbers, digit for digit.
///
/// Strictly, only what JSON and the cell write alike is a number: no sign `+`, no leading zeros,
/// no exponent, no separators of thousands. A column that was told to be a number takes more.
/// Each function returns where it stopped writing; nil if the text is none of its kind.
enum NumberText {
  @inline(__always)
  static func integer(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    let count = unsafe end - start
    if count <= 8, count > 0 {
      let word = unsafe Word.load(start)
      let others = Word.nonDigits(word) & Word.mask(count)
      // All digits, and no zero in front of another.
      if others == 0, count == 1 || word & 0xFF != 0x30 {
        unsafe Word.store(word, out)
        return unsafe out + count
      }
    }
    return unsafe longInteger(start, end, out)
  }

  @inline(never)
  private static func longInteger(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    var p = unsafe start
    if unsafe p < end, unsafe p.pointee == 0x2D { unsafe p += 1 }
    guard unsafe isInteger(p, end), unsafe !(p > start && p.pointee == 0x30) else { return nil }
    let count = unsafe end - start
    unsafe Word.copy(start, count, to: out)
    return unsafe out + count
  }

  /// Whether the text is digits without a zero in front of others.
  private static func isInteger(_ start: Position, _ end: Position) -> Bool {
    guard unsafe start < end, unsafe start.pointee != 0x30 || end - start == 1 else { return false }
    return unsafe digitsEnd(start, end) == end
  }

  private static func digitsEnd(_ start: Position, _ end: Position) -> Position {
    var p = unsafe start
    while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 { unsafe p += 1 }
    return unsafe p
  }

  /// `-12.50` and every integer, `-0.0` too.
  @inline(__always)
  static func number(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    let first = unsafe start < end && start.pointee == 0x2D ? start + 1 : start
    let count = unsafe end - first
    if count <= 8, count > 0 {
      let word = unsafe Word.load(first)
      let others = Word.nonDigits(word) & Word.mask(count)
      let digits = others.trailingZeroBitCount &>> 3
      // All digits, or a point among them that has some on both sides; no zero in front of another.
      let isWhole = others == 0
      let isPlain =
        unsafe isWhole
        || (others & (others &- 1) == 0 && first[digits] == 0x2E && digits > 0
          && digits < count - 1)
      if isPlain,
        unsafe word & 0xFF != 0x30 || digits == 1 || (isWhole && count == 1 && first == start)
      {
        unsafe out.pointee = 0x2D
        let to = unsafe out + (first - start)
        unsafe Word.store(word, to)
        return unsafe to + count
      }
    }
    return unsafe longNumber(start, end, out)
  }

  @inline(never)
  private static func longNumber(_ start: Position, _ end: Position, _ out: Output) -> Output? {
    if let done = unsafe integer(start, end, out) { return unsafe done }
    var p = unsafe start
    if unsafe p < end, unsafe p.pointee == 0x2D { unsafe p += 1 }
    let point = unsafe digitsEnd(p, end)
    guard unsafe point < end, unsafe point.pointee == 0x2E, unsafe isInteger(p, point) else {
      return nil
    }
    guard unsafe point + 1 < end, unsafe digitsEnd(point + 1, end) == end else { return nil }
    let count = unsafe end - start
    unsafe Word.copy(start, count, to: out)
    return unsafe out + count
  }

  /// A number as a told column takes it: also `+5`, `007`, `.5`, `5.` and, unless it must be
  /// an integer, `1e5`; written as JSON wants it.
  @inline(never)
  static func told(
    _ start: Position,
    _ end: Position,
    _ out: Output,
    isInteger: Bool
  ) -> Output? {
    var p = unsafe start
    var o = unsafe out
    guard unsafe p < end else { return nil }
    if unsafe p.pointee == 0x2D {
      unsafe o.pointee = 0x2D
      unsafe o += 1
      unsafe p += 1
    } else if unsafe p.pointee == 0x2B {
      unsafe p += 1
    }
    let point = unsafe digitsEnd(p, end)
    var first = unsafe p
    while unsafe first + 1 < point, unsafe first.pointee == 0x30 { unsafe first += 1 }
    if unsafe first == point {
      unsafe o.pointee = 0x30
      unsafe o += 1
    }
    unsafe o.update(from: first, count: point - first)
    unsafe o += point - first
    if isInteger, unsafe o == out + 2, unsafe out[0] == 0x2D, unsafe out[1] == 0x30 {
      unsafe out[0] = 0x30
      unsafe o = unsafe out + 1
    }
    var digits = unsafe point - p
    unsafe p = unsafe point
    if !isInteger, unsafe p < end, unsafe p.pointee == 0x2E {
      let last = unsafe digitsEnd(p + 1, end)
      let count = unsafe last - p
      digits += count - 1
      if count > 1 {
        unsafe o.update(from: p, count: count)
        unsafe o += count
      }
      unsafe p = unsafe last
    }
    guard digits > 0 else { return nil }
    if !isInteger, unsafe p < end, unsafe p.pointee | 0x20 == 0x65 {
      let sign = unsafe p + 1 < end && (p[1] == 0x2B || p[1] == 0x2D) ? 2 : 1
      let last = unsafe digitsEnd(p + sign, end)
      guard unsafe last > p + sign else { return nil }
      unsafe o.update(from: p, count: last - p)
      unsafe o += last - p
      unsafe p = unsafe last
    }
    return unsafe p == end ? o : nil
  }

  /// A number of at most `precision` digits, `scale` of them after the point, in quotes.
  @inline(never)
  static func decimal(
    _ start: Position,
    _ end: Position,
    _ out: Output,
    precision: Int,
    scale: Int
  ) -> Output? {
    unsafe out.pointee = 0x22
    let first = unsafe out + 1
    guard let last = unsafe told(start, end, first, isInteger: false) else { return nil }
    var whole = 0
    var fraction = 0
    var isAfterPoint = false
    var p = unsafe first
    while unsafe p < last {
      switch unsafe p.pointee {
      case 0x2E: isAfterPoint = true
      case 0x30...0x39: if isAfterPoint { fraction += 1 } else { whole += 1 }
      case 0x2D: break
      default: return nil
      }
      unsafe p += 1
    }
    if whole == 1, unsafe first[first.pointee == 0x2D ? 1 : 0] == 0x30 { whole = 0 }
    guard whole <= precision - scale, fraction <= scale else { return nil }
    unsafe last.pointee = 0x22
    return unsafe last + 1
  }
}
