// SAFETY, for the whole file: reads stay below `end`; `unescape` writes at most as many bytes as
// it reads, since no escape is shorter than the UTF-8 that it stands for.

extension JSONScanner {
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x37
    case 0x61...0x66: UInt32(byte) - 0x57
    default: nil
    }
  }

  /// The code unit of `\uXXXX`, with `p` at the backslash; nil when it is not one.
  static func codeUnit(_ p: Position, _ end: Position) -> UInt32? {
    guard unsafe end - p >= 6, unsafe p[0] == 0x5C, unsafe p[1] == 0x75 else { return nil }
    var unit: UInt32 = 0
    for index in 2..<6 {
      guard let digit = unsafe hexDigit(p[index]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// Skips one escape, a surrogate pair as one; `p` is at the backslash.
  static func skipEscape(
    _ p: Position,
    _ end: Position,
    _ lenient: Bool
  ) throws(JSONFault) -> Position {
    guard unsafe end - p >= 2 else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    switch unsafe p[1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
      return unsafe p + 2
    case 0x75:
      guard let unit = unsafe codeUnit(p, end) else {
        throw unsafe JSONFault(.invalidEscape, remaining: end - p)
      }
      guard unit & 0xF800 == 0xD800 else { return unsafe p + 6 }
      if unit < 0xDC00, let low = unsafe codeUnit(p + 6, end), low & 0xFC00 == 0xDC00 {
        return unsafe p + 12
      }
      guard lenient else { throw unsafe JSONFault(.loneSurrogate, remaining: end - p) }
      return unsafe p + 6
    default:
      throw unsafe JSONFault(.invalidEscape, remaining: end - p)
    }
  }

  /// Writes the text of a string that was scanned before, escapes resolved, and returns its length.
  ///
  /// `output` has room for as many bytes as lie between `start` and `end`, the closing quote. A
  /// lone surrogate, which only a lenient scan lets pass, becomes U+FFFD.
  public static func unescape(
    _ start: Position,
    _ end: Position,
    into output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var p = unsafe start
    var out = unsafe output
    while unsafe p < end {
      if unsafe p.pointee != 0x5C {
        unsafe out.pointee = unsafe p.pointee
        unsafe p += 1
        unsafe out += 1
        continue
      }
      switch unsafe p[1] {
      case 0x62: unsafe out.pointee = 0x08
      case 0x66: unsafe out.pointee = 0x0C
      case 0x6E: unsafe out.pointee = 0x0A
      case 0x72: unsafe out.pointee = 0x0D
      case 0x74: unsafe out.pointee = 0x09
      case 0x75:
        var scalar = unsafe codeUnit(p, end) ?? 0xFFFD
        unsafe p += 6
        if scalar & 0xF800 == 0xD800 {
          if scalar < 0xDC00, let low = unsafe codeUnit(p, end), low & 0xFC00 == 0xDC00 {
            scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            unsafe p += 6
          } else {
            scalar = 0xFFFD
          }
        }
        unsafe out = unsafe encode(scalar, out)
        continue
      default: unsafe out.pointee = unsafe p[1]
      }
      unsafe p += 2
      unsafe out += 1
    }
    return unsafe out - output
  }

  private static func encode(
    _ scalar: UInt32,
    _ start: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift & 0x3F)) }
    switch scalar {
    case 0..<0x80:
      unsafe start[0] = UInt8(scalar)
      return unsafe start + 1
    case 0x80..<0x800:
      unsafe start[0] = UInt8(0xC0 | scalar >> 6)
      unsafe start[1] = tail(0)
      return unsafe start + 2
    case 0x800..<0x10000:
      unsafe start[0] = UInt8(0xE0 | scalar >> 12)
      unsafe start[1] = tail(6)
      unsafe start[2] = tail(0)
      return unsafe start + 3
    default:
      unsafe start[0] = UInt8(0xF0 | scalar >> 18)
      unsafe start[1] = tail(12)
      unsafe start[2] = tail(6)
      unsafe start[3] = tail(0)
      return unsafe start + 4
    }
  }

  /// The text of a scanned string as a `String`.
  public static func text(_ start: Position, _ scan: StringScan) -> String {
    let count = unsafe scan.end - start
    guard scan.hasEscape else {
      return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
    return unsafe String(unsafeUninitializedCapacity: count) {
      guard let base = $0.baseAddress else { return 0 }
      return unsafe unescape(start, scan.end, into: base)
    }
  }
}
