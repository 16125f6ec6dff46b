import JSON
import JSONSchema

// SAFETY, for the whole file: positions come from `JSONScanner` and lie inside one valid record.

/// Finds keys that stand twice in one object.
enum Duplicates {
  /// A finding for each key that stands twice in the valid JSON from `start` to `end`.
  static func findings(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> [Finding] {
    var findings: [Finding] = []
    var p = unsafe start
    unsafe try? walk(&p, end, "", &findings)
    return findings
  }

  private static func walk(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ pointer: String,
    _ findings: inout [Finding]
  ) throws(JSONFault) {
    guard unsafe p < end, unsafe p.pointee == 0x7B || p.pointee == 0x5B else {
      unsafe p = unsafe try JSONScanner.skipValue(p, end)
      return
    }
    let isObject = unsafe p.pointee == 0x7B
    unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
    if unsafe p < end, unsafe p.pointee == (isObject ? 0x7D : 0x5D) {
      unsafe p += 1
      return
    }
    var names: Set<[UInt8]> = []
    var index = 0
    while true {
      var inner = Pointer.append(pointer, index)
      if isObject {
        unsafe p = unsafe try JSONScanner.expect(0x22, p, end)
        let scan = unsafe try JSONScanner.scanString(p, end)
        let name = unsafe JSONScanner.text(p, scan)
        inner = Pointer.append(pointer, name)
        if !names.insert(Array(name.utf8)).inserted {
          findings.append(Finding("duplicateKey", at: inner, expected: "each key once"))
        }
        unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
        unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x3A, p, end), end)
      }
      unsafe try walk(&p, end, inner, &findings)
      index += 1
      unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      if unsafe p < end, unsafe p.pointee == (isObject ? 0x7D : 0x5D) {
        unsafe p += 1
        return
      }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.expect(0x2C, p, end), end)
    }
  }
}
