// SAFETY, for the whole file: every read is below `end`, checked just before it.

extension JSONScanner {
  /// How deeply arrays and objects may be nested unless told otherwise.
  public static let depthLimit = 512

  /// The same for what is stored: a value as deep as one may be, within a few of our own.
  public static let storedDepthLimit = depthLimit + 16

  /// Scans a number by the grammar of RFC 8259 and returns the position after it.
  @inlinable
  public static func scanNumber(_ start: Position, _ end: Position) throws(JSONFault) -> Position {
    var p = unsafe start
    if unsafe p < end, unsafe p.pointee == 0x2D { unsafe p += 1 }
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    if unsafe p.pointee == 0x30 {
      unsafe p += 1
    } else {
      unsafe p = unsafe try scanDigits(p, end)
    }
    if unsafe p < end, unsafe p.pointee == 0x2E { unsafe p = unsafe try scanDigits(p + 1, end) }
    if unsafe p < end, unsafe p.pointee | 0x20 == 0x65 {
      unsafe p += 1
      if unsafe p < end, unsafe p.pointee == 0x2B || p.pointee == 0x2D { unsafe p += 1 }
      unsafe p = unsafe try scanDigits(p, end)
    }
    // "01", "1a" and "-Infinity" are no numbers; what follows one is punctuation or space.
    if unsafe p < end, unsafe p.pointee &- 0x30 <= 9 {
      throw unsafe JSONFault(.invalidNumber, remaining: end - p)
    }
    return unsafe p
  }

  @inlinable @inline(__always)
  static func scanDigits(_ start: Position, _ end: Position) throws(JSONFault) -> Position {
    var p = unsafe start
    while unsafe p < end, unsafe p.pointee &- 0x30 <= 9 { unsafe p += 1 }
    guard unsafe p > start else {
      throw unsafe JSONFault(p < end ? .invalidNumber : .unexpectedEnd, remaining: end - p)
    }
    return unsafe p
  }

  /// Whether the four bytes at `p` are `word`.
  @inlinable @inline(__always)
  static func matches(_ word: UInt32, _ p: Position, _ end: Position) -> Bool {
    unsafe end - p >= 4
      && UInt32(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt32.self)) == word
  }

  /// Scans `true`, `false` or `null`, whichever begins with the byte at `p`.
  @inlinable
  public static func scanLiteral(_ p: Position, _ end: Position) throws(JSONFault) -> Position {
    if unsafe matches(0x6C6C_756E, p, end) || matches(0x6575_7274, p, end) { return unsafe p + 4 }
    if unsafe p < end, unsafe p.pointee == 0x66, unsafe matches(0x6573_6C61, p + 1, end) {
      return unsafe p + 5
    }
    throw unsafe JSONFault(end - p < 4 ? .unexpectedEnd : .unexpectedByte, remaining: end - p)
  }

  /// Skips one value at `start`, validating it, and returns the position after it.
  ///
  /// `start` is at the value's first byte, whitespace before it skipped.
  public static func skipValue(
    _ start: Position,
    _ end: Position,
    depth: Int = depthLimit,
    lenient: Bool = false
  ) throws(JSONFault) -> Position {
    guard unsafe start < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    switch unsafe start.pointee {
    case 0x22:
      return unsafe try scanString(start + 1, end, lenient: lenient).end + 1
    case 0x7B, 0x5B:
      guard depth > 0 else { throw unsafe JSONFault(.tooDeep, remaining: end - start) }
      return unsafe try start.pointee == 0x7B
        ? skipObject(start, end, depth - 1, lenient) : skipArray(start, end, depth - 1, lenient)
    case 0x2D, 0x30...0x39:
      return unsafe try scanNumber(start, end)
    default:
      return unsafe try scanLiteral(start, end)
    }
  }

  /// The same for a value that must not contain a line feed between its tokens.
  @inlinable
  public static func skipValueOnLine(
    _ start: Position,
    _ end: Position
  ) throws(JSONFault) -> Position {
    let p = unsafe try skipValue(start, end)
    guard unsafe p > start, unsafe start.pointee == 0x7B || start.pointee == 0x5B else {
      return unsafe p
    }
    if unsafe UnsafeBufferPointer(start: start, count: p - start).contains(0x0A) {
      throw unsafe JSONFault(.unexpectedByte, remaining: end - start)
    }
    return unsafe p
  }

  private static func skipArray(
    _ start: Position,
    _ end: Position,
    _ depth: Int,
    _ lenient: Bool
  ) throws(JSONFault) -> Position {
    var p = unsafe skipWhitespace(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x5D { return unsafe p + 1 }
    while true {
      unsafe p = unsafe skipWhitespace(try skipValue(p, end, depth: depth, lenient: lenient), end)
      guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
      if unsafe p.pointee == 0x5D { return unsafe p + 1 }
      unsafe p = unsafe skipWhitespace(try expect(0x2C, p, end), end)
    }
  }

  private static func skipObject(
    _ start: Position,
    _ end: Position,
    _ depth: Int,
    _ lenient: Bool
  ) throws(JSONFault) -> Position {
    var p = unsafe skipWhitespace(start + 1, end)
    if unsafe p < end, unsafe p.pointee == 0x7D { return unsafe p + 1 }
    while true {
      unsafe p = unsafe try expect(0x22, p, end)
      unsafe p = unsafe skipWhitespace(try scanString(p, end, lenient: lenient).end + 1, end)
      unsafe p = unsafe skipWhitespace(try expect(0x3A, p, end), end)
      unsafe p = unsafe skipWhitespace(try skipValue(p, end, depth: depth, lenient: lenient), end)
      guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
      if unsafe p.pointee == 0x7D { return unsafe p + 1 }
      unsafe p = unsafe skipWhitespace(try expect(0x2C, p, end), end)
    }
  }

  /// The position after `byte`, which must stand at `p`.
  @inlinable @inline(__always)
  public static func expect(
    _ byte: UInt8,
    _ p: Position,
    _ end: Position
  ) throws(JSONFault) -> Position {
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    guard unsafe p.pointee == byte else {
      throw unsafe JSONFault(.unexpectedByte, remaining: end - p)
    }
    return unsafe p + 1
  }
}
