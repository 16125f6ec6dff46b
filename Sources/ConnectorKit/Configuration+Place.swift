internal import JSON

// SAFETY, for the whole file: positions stay within the document, which outlives the search.

extension Configuration {
  /// Where a setting's value stands, as `file:line:column`; `path` goes down from the setting
  /// through the keys of objects and the numbers of array elements.
  ///
  /// What stands in no file, such as a variable's value, has the place of its nearest container.
  public func place(_ path: String...) -> String { place(path) }

  /// Where a value stands; see `place(_:)`.
  public func place(_ path: [String]) -> String {
    for document in documents.reversed() {
      var known = path
      while !known.isEmpty {
        if let place = document.place(known) { return place }
        known.removeLast()
      }
    }
    return source
  }
}

extension Configuration.Document {
  fileprivate func place(_ path: [String]) -> String? {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = unsafe buffer.bindMemory(to: UInt8.self).baseAddress else { return nil }
      let end = unsafe base + buffer.count
      var p = unsafe JSONScanner.skipWhitespace(base, end)
      for part in path {
        guard let next = unsafe try? Self.member(part, p, end) else { return nil }
        unsafe p = unsafe next
      }
      var line = 1
      var column = 1
      for byte in bytes.prefix(unsafe p - base) {
        column += byte & 0xC0 == 0x80 ? 0 : 1
        if byte == 0x0A { (line, column) = (line + 1, 1) }
      }
      return "\(self.path):\(line):\(column)"
    }
  }

  /// The value of a key, or of an element's number, in the container at `start`.
  private static func member(
    _ name: String,
    _ start: JSONScanner.Position,
    _ end: JSONScanner.Position
  ) throws(JSONFault) -> JSONScanner.Position? {
    guard unsafe start < end else { return nil }
    let isObject = unsafe start.pointee == 0x7B
    guard unsafe isObject || start.pointee == 0x5B else { return nil }
    var found: JSONScanner.Position?
    var index = 0
    var p = unsafe JSONScanner.skipWhitespace(start + 1, end)
    while unsafe p < end, unsafe p.pointee != 0x7D, unsafe p.pointee != 0x5D {
      var key = String(index)
      if isObject {
        unsafe p = unsafe try JSONScanner.expect(0x22, p, end)
        let scan = unsafe try JSONScanner.scanString(p, end)
        key = unsafe JSONScanner.text(p, scan)
        unsafe p = unsafe JSONScanner.skipWhitespace(scan.end + 1, end)
        unsafe p = unsafe try JSONScanner.expect(0x3A, p, end)
        unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
      }
      // Of equal keys the last wins.
      if key.utf8.elementsEqual(name.utf8) { unsafe found = unsafe p }
      unsafe p = unsafe JSONScanner.skipWhitespace(try JSONScanner.skipValue(p, end), end)
      if unsafe p < end, unsafe p.pointee == 0x2C {
        unsafe p = unsafe JSONScanner.skipWhitespace(p + 1, end)
      }
      index += 1
    }
    return unsafe found
  }
}
