internal import JSON
internal import JSONSchema

// SAFETY, for the whole file: positions lie inside one value of valid JSON, whose end is given.

extension Masker {
  /// One more step of a pointer.
  static func step(_ name: String) -> String { Pointer.append("", name) }

  /// Appends what `action` makes of the value; false if it can make nothing of it but null.
  func apply(
    _ action: MaskAction,
    _ start: Position,
    _ end: Position,
    _ output: inout [UInt8]
  ) -> Bool {
    let byte = unsafe start.pointee
    if byte == 0x6E || action == .null {
      output += Self.null
      return true
    }
    if byte == 0x22, let scan = unsafe try? JSONScanner.scanString(start + 1, end) {
      return unsafe text(action, start + 1, scan, &output)
    }
    let isNumber = byte == 0x2D || byte &- 0x30 <= 9
    let isBoolean = byte == 0x74 || byte == 0x66
    let bytes = unsafe UnsafeBufferPointer(start: start, count: end - start)
    switch action {
    case .hash where isBoolean:
      return unsafe hash(UnsafeRawBufferPointer(bytes), &output)
    case .hash where isNumber:
      let text = Array(Self.canonical(unsafe String(decoding: bytes, as: UTF8.self)).utf8)
      return unsafe text.withUnsafeBytes { unsafe hash($0, &output) }
    case .last4 where isNumber:
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      guard JSONNumber(text)?.isInteger == true, !text.contains(where: { ".eE".contains($0) })
      else { break }
      Self.quote(Self.lastFour(text), &output)
      return true
    default: break
    }
    output += Self.null
    return false
  }

  private func text(
    _ action: MaskAction,
    _ start: Position,
    _ scan: JSONScanner.StringScan,
    _ output: inout [UInt8]
  ) -> Bool {
    switch action {
    case .redact: output += Array("\"[redacted]\"".utf8)
    case .hash:
      if scan.hasEscape {
        let text = unsafe Self.name(start, scan)
        return unsafe text.withUnsafeBytes { unsafe hash($0, &output) }
      }
      return unsafe hash(UnsafeRawBufferPointer(start: start, count: scan.end - start), &output)
    case .truncate(let count) where !scan.hasEscape:
      output.append(0x22)
      unsafe Self.copy(start, Self.position(after: count, start, scan.end), &output)
      output.append(0x22)
    case .truncate(let count):
      let text = unsafe JSONScanner.text(start, scan)
      Self.quote(String(String.UnicodeScalarView(text.unicodeScalars.prefix(count))), &output)
    case .last4 where unsafe !scan.hasEscape && Self.isASCII(start, scan.end):
      unsafe Self.appendLastFour(start, scan.end, &output)
    case .last4:
      Self.quote(Self.lastFour(unsafe JSONScanner.text(start, scan)), &output)
    case .null, .drop, .keep:
      output += Self.null
      return action == .null
    }
    return true
  }

  private func hash(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) -> Bool {
    guard let key else {
      output += Self.null
      return false
    }
    output.append(0x22)
    unsafe key.append(bytes, to: &output)
    output.append(0x22)
    return true
  }

  private static func quote(_ text: String, _ output: inout [UInt8]) {
    var writer = JSONWriter()
    writer.string(text)
    output += writer.bytes
  }

  /// The position after so many characters of a text.
  private static func position(after count: Int, _ start: Position, _ end: Position) -> Position {
    var p = unsafe start
    var left = count
    while unsafe p < end {
      if unsafe p.pointee & 0xC0 != 0x80 {
        if left == 0 { break }
        left -= 1
      }
      unsafe p += 1
    }
    return unsafe p
  }

  private static func isASCII(_ start: Position, _ end: Position) -> Bool {
    unsafe UnsafeBufferPointer(start: start, count: end - start).allSatisfy { $0 < 0x80 }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte &- 0x30 > 9 && (byte | 0x20) &- 0x61 > 25
  }

  /// As `lastFour`, of ASCII without escapes, in quotes.
  private static func appendLastFour(
    _ start: Position,
    _ end: Position,
    _ output: inout [UInt8]
  ) {
    let text = unsafe UnsafeBufferPointer(start: start, count: end - start)
    let count = unsafe text.count { !isSeparator($0) }
    var hidden = count <= 4 ? count : count - 4
    output.append(0x22)
    for index in 0..<text.count {
      let byte = unsafe text[index]
      if hidden == 0 || isSeparator(byte) {
        output.append(byte)
      } else {
        output.append(0x2A)
        hidden -= 1
      }
    }
    output.append(0x22)
  }

  /// The text with `*` for all letters and digits but the last four, for all if there are no more.
  ///
  /// Only what ASCII calls punctuation or space is a separator and stays.
  static func lastFour(_ text: String) -> String {
    func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "0"..."9", "A"..."Z", "a"..."z": false
      default: scalar.isASCII
      }
    }
    let count = text.unicodeScalars.count { !isSeparator($0) }
    var hidden = count <= 4 ? count : count - 4
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if hidden == 0 || isSeparator(scalar) {
        result.append(scalar)
      } else {
        result.append("*")
        hidden -= 1
      }
    }
    return String(result)
  }

  /// A number in the one form that all its notations share: `1.50`, `15e-1` and `1.5` are "1.5".
  static func canonical(_ text: String) -> String {
    if text.utf8.count <= 18, text.utf8.allSatisfy({ $0 &- 0x30 <= 9 }) { return text }
    guard let decimal = JSONNumber(text)?.decimal else { return text }
    let sign = decimal.isNegative ? "-" : ""
    var digits = decimal.digits.map { String($0) }.joined()
    if digits.isEmpty { return "0" }
    guard (-400...400).contains(decimal.exponent) else {
      return "\(sign)\(digits)e\(decimal.exponent)"
    }
    if decimal.exponent >= 0 {
      return sign + digits + String(repeating: "0", count: decimal.exponent)
    }
    let missing = 1 - decimal.exponent - digits.count
    if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
    let point = digits.index(digits.endIndex, offsetBy: decimal.exponent)
    return "\(sign)\(digits[..<point]).\(digits[point...])"
  }
}
