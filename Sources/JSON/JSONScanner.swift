public import CVector

// SAFETY, for the whole file: every read is below `end`, checked just before it; as many
// bytes are read at once as are there. Callers pass pointers into one buffer, `p <= end`.

/// Scans JSON text at pointer level: whitespace, strings, numbers, whole values.
///
/// Each function takes the position and the end of the input and returns the position after what
/// it scanned, so that a caller's position stays a local variable.
public enum JSONScanner {
  /// A position in the input.
  public typealias Position = UnsafePointer<UInt8>

  /// Where a string ends and what it contains.
  @safe
  public struct StringScan {
    /// The position of the closing quote.
    public let end: Position
    /// Whether the text between the quotes contains escapes.
    public let hasEscape: Bool

    @inlinable @inline(__always)
    init(_ end: Position, _ hasEscape: Bool) {
      unsafe self.end = end
      self.hasEscape = hasEscape
    }
  }

  /// Skips space, tab, carriage return and line feed.
  @inlinable @inline(__always)
  public static func skipWhitespace(_ start: Position, _ end: Position) -> Position {
    var p = unsafe start
    while unsafe p < end, unsafe p.pointee <= 0x20 {
      guard unsafe p.pointee == 0x20 || p.pointee == 0x0A || p.pointee == 0x0D || p.pointee == 0x09
      else {
        break
      }
      unsafe p += 1
    }
    return unsafe p
  }

  /// Skips whitespace but no line feed, as between the tokens of a record, which stands on one line.
  @inlinable @inline(__always)
  public static func skipBlanks(_ start: Position, _ end: Position) -> Position {
    var p = unsafe start
    while unsafe p < end, unsafe p.pointee == 0x20 || p.pointee == 0x09 || p.pointee == 0x0D {
      unsafe p += 1
    }
    return unsafe p
  }

  /// Eight bytes at `p`, the first one lowest.
  @inlinable @inline(__always)
  public static func load8(_ p: Position) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
  }

  /// The first byte from `start` on that a string scan must look at, or a place before it that is
  /// near the end of the input.
  @inlinable @inline(__always)
  static func plainStop(_ start: Position, _ end: Position) -> Position {
    var p = unsafe start
    while unsafe end - p >= 16 {
      let stop = unsafe cvector_string_stop(p)
      // A branch that is foreseen: adding what was found would make each step wait for the last.
      if stop < 16 { return unsafe p + Int(stop) }
      unsafe p += 16
    }
    return unsafe p
  }

  /// The closing quote of a string of plain ASCII, from the byte after its opening one; nil for
  /// any other string, and perhaps near the end of the input.
  @inlinable @inline(__always)
  public static func plainEnd(_ start: Position, _ end: Position) -> Position? {
    let stop = unsafe plainStop(start, end)
    return unsafe stop < end && stop.pointee == 0x22 ? stop : nil
  }

  /// Scans a string from the byte after its opening quote; UTF-8 and escapes are validated.
  @inlinable @inline(__always)
  public static func scanString(
    _ start: Position,
    _ end: Position,
    lenient: Bool = false
  ) throws(JSONFault) -> StringScan {
    let stop = unsafe plainStop(start, end)
    if unsafe stop < end, unsafe stop.pointee == 0x22 { return unsafe StringScan(stop, false) }
    return unsafe try scanStringSlowly(stop, end, lenient)
  }

  /// Goes on with a string from a byte that is not plain ASCII, or near the end of the input.
  @usableFromInline @inline(never)
  static func scanStringSlowly(
    _ start: Position,
    _ end: Position,
    _ lenient: Bool
  ) throws(JSONFault) -> StringScan {
    var p = unsafe start
    var hasEscape = false
    while unsafe p < end {
      let byte = unsafe p.pointee
      if byte >= 0x80 {
        let length = unsafe sequenceLength(p, end)
        if length == 0 { throw unsafe JSONFault(.invalidUTF8, remaining: end - p) }
        unsafe p += length
      } else if byte == 0x22 {
        return unsafe StringScan(p, hasEscape)
      } else if byte == 0x5C {
        hasEscape = true
        unsafe p = unsafe try skipEscape(p, end, lenient)
      } else if byte < 0x20 {
        throw unsafe JSONFault(.controlCharacter, remaining: end - p)
      } else {
        unsafe p += 1
      }
      unsafe p = unsafe plainStop(p, end)
    }
    throw JSONFault(.unexpectedEnd, remaining: 0)
  }

  /// The length of the UTF-8 sequence at `p` that begins with a byte of 0x80 or more; 0 if invalid.
  ///
  /// Overlong forms, surrogates and numbers above U+10FFFF are invalid.
  @inlinable
  public static func sequenceLength(_ p: Position, _ end: Position) -> Int {
    let first = unsafe p.pointee
    let left = unsafe end - p
    func isTail(_ index: Int) -> Bool { unsafe p[index] & 0xC0 == 0x80 }
    switch first {
    case 0xC2...0xDF:
      return left >= 2 && isTail(1) ? 2 : 0
    case 0xE0...0xEF:
      guard left >= 3, isTail(1), isTail(2) else { return 0 }
      if first == 0xE0, unsafe p[1] < 0xA0 { return 0 }
      if first == 0xED, unsafe p[1] >= 0xA0 { return 0 }
      return 3
    case 0xF0...0xF4:
      guard left >= 4, isTail(1), isTail(2), isTail(3) else { return 0 }
      if first == 0xF0, unsafe p[1] < 0x90 { return 0 }
      if first == 0xF4, unsafe p[1] >= 0x90 { return 0 }
      return 4
    default:
      return 0
    }
  }
}
