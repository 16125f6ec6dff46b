// SAFETY, for the whole file: positions come from `JSONScanner` and stay within the buffer that
// `parse` was given, which outlives the call.

extension JSONValue {
  /// Parses one value with whitespace around it, strictly by RFC 8259.
  ///
  /// Of equal keys in an object the last wins. A lone surrogate escape is an error, or U+FFFD if
  /// `lenient`.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer,
    depthLimit: Int = JSONScanner.depthLimit,
    lenient: Bool = false
  ) throws(JSONError) -> JSONValue {
    guard let base = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else {
      throw unsafe JSONError(.unexpectedEnd, at: 0, in: bytes)
    }
    var parser = unsafe Parser(p: base, end: base + bytes.count, lenient: lenient)
    do throws(JSONFault) {
      parser.skipWhitespace()
      let value = try parser.value(depthLimit)
      parser.skipWhitespace()
      guard unsafe parser.p == parser.end else {
        throw unsafe JSONFault(.trailingBytes, remaining: parser.end - parser.p)
      }
      return value
    } catch {
      throw unsafe error.error(in: bytes)
    }
  }

  /// Parses one value from an array of bytes; see `parse(_:depthLimit:lenient:)`.
  public static func parse(
    _ bytes: [UInt8],
    depthLimit: Int = JSONScanner.depthLimit,
    lenient: Bool = false
  ) throws(JSONError) -> JSONValue {
    let result: Result<JSONValue, JSONError> = unsafe bytes.withUnsafeBytes { buffer in
      do throws(JSONError) {
        return unsafe .success(try parse(buffer, depthLimit: depthLimit, lenient: lenient))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Parses one value from text; see `parse(_:depthLimit:lenient:)`.
  public static func parse(
    _ text: String,
    depthLimit: Int = JSONScanner.depthLimit,
    lenient: Bool = false
  ) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), depthLimit: depthLimit, lenient: lenient)
  }
}

@safe
private struct Parser {
  var p: JSONScanner.Position
  let end: JSONScanner.Position
  let lenient: Bool

  mutating func skipWhitespace() { unsafe p = unsafe JSONScanner.skipWhitespace(p, end) }

  mutating func value(_ depth: Int) throws(JSONFault) -> JSONValue {
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    let start = unsafe p
    switch unsafe p.pointee {
    case 0x22:
      return .string(try string())
    case 0x7B, 0x5B:
      guard depth > 0 else { throw unsafe JSONFault(.tooDeep, remaining: end - p) }
      return unsafe try p.pointee == 0x7B ? object(depth - 1) : array(depth - 1)
    case 0x2D, 0x30...0x39:
      unsafe p = unsafe try JSONScanner.scanNumber(p, end)
      let text = unsafe UnsafeBufferPointer(start: start, count: p - start)
      return unsafe .number(JSONNumber(scanned: String(decoding: text, as: UTF8.self)))
    default:
      unsafe p = unsafe try JSONScanner.scanLiteral(p, end)
      return unsafe start.pointee == 0x6E ? .null : .bool(start.pointee == 0x74)
    }
  }

  private mutating func string() throws(JSONFault) -> String {
    unsafe p = unsafe try JSONScanner.expect(0x22, p, end)
    let start = unsafe p
    let scan = unsafe try JSONScanner.scanString(p, end, lenient: lenient)
    unsafe p = unsafe scan.end + 1
    return unsafe JSONScanner.text(start, scan)
  }

  private mutating func array(_ depth: Int) throws(JSONFault) -> JSONValue {
    unsafe p += 1
    skipWhitespace()
    var elements: [JSONValue] = []
    if unsafe p < end, unsafe p.pointee == 0x5D {
      unsafe p += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth))
      skipWhitespace()
      if unsafe p < end, unsafe p.pointee == 0x5D {
        unsafe p += 1
        return .array(elements)
      }
      unsafe p = unsafe try JSONScanner.expect(0x2C, p, end)
      skipWhitespace()
    }
  }

  private mutating func object(_ depth: Int) throws(JSONFault) -> JSONValue {
    unsafe p += 1
    skipWhitespace()
    var object = JSONObject()
    if unsafe p < end, unsafe p.pointee == 0x7D {
      unsafe p += 1
      return .object(object)
    }
    while true {
      let key = try string()
      skipWhitespace()
      unsafe p = unsafe try JSONScanner.expect(0x3A, p, end)
      skipWhitespace()
      object[key] = try value(depth)
      skipWhitespace()
      if unsafe p < end, unsafe p.pointee == 0x7D {
        unsafe p += 1
        return .object(object)
      }
      unsafe p = unsafe try JSONScanner.expect(0x2C, p, end)
      skipWhitespace()
    }
  }
}
