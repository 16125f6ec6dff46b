import JSON

// SAFETY, for the whole file: every read lies between the start and the end of one line.

/// The members of one object on a line, found without decoding their values.
enum Members {
  /// The members of the object at `p`, by key; of equal keys the last stands.
  static func scan(
    _ p: inout UnsafePointer<UInt8>,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(JSONFault) -> [String: Range<Int>] {
    var members: [String: Range<Int>] = [:]
    unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x7B, p, end), end)
    if unsafe p < end, unsafe p.pointee == 0x7D {
      unsafe p += 1
      return members
    }
    while true {
      let name = unsafe try JSONScanner.expect(0x22, p, end)
      let scan = unsafe try JSONScanner.scanString(name, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      let next = unsafe try JSONScanner.skipValue(p, end)
      unsafe members[JSONScanner.text(name, scan)] = unsafe (p - start)..<(next - start)
      unsafe p = unsafe JSONScanner.skipWhitespace(next, end)
      if unsafe p < end, unsafe p.pointee == 0x7D {
        unsafe p += 1
        return members
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x2C, p, end), end)
    }
  }

  /// The text of a string member, or the member's bytes if it is no string.
  static func text(_ start: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
    let first = unsafe start + range.lowerBound
    guard unsafe first.pointee == 0x22,
      let scan = unsafe try? JSONScanner.scanString(first + 1, start + range.upperBound)
    else {
      return unsafe String(
        decoding: UnsafeBufferPointer(start: first, count: range.count),
        as: UTF8.self
      )
    }
    return unsafe JSONScanner.text(first + 1, scan)
  }
}
