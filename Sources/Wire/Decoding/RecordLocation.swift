package import JSON

// SAFETY, for the whole file: every read is below `end`, the end of one line.

/// Where the parts of a RECORD line are, as offsets from the line's start.
package struct RecordLocation: Hashable, Sendable {
  /// The stream's name.
  package var stream: String
  /// The record: for Airbyte the object under `data`.
  package var record: Range<Int>
  /// The version of the table that the record belongs to.
  package var version: Int64?
  /// The value of `time_extracted`, or of Airbyte's `emitted_at`, with quotes if it has them.
  package var timeExtracted: Range<Int>?

  /// Finds the parts of one line, Singer's or Airbyte's; nil if it is no RECORD message.
  ///
  /// Throws if the line is not JSON.
  package init?(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) throws(JSONFault) {
    var type = ""
    var p = unsafe JSONScanner.skipWhitespace(start, end)
    let envelope = unsafe try Self.members(&p, start, end)
    unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
    guard unsafe p == end else { throw unsafe JSONFault(.trailingBytes, remaining: end - p) }
    if let range = envelope["type"] { type = unsafe Self.text(start, range) }
    guard type.lowercased() == "record", let record = envelope["record"],
      unsafe start[record.lowerBound] == 0x7B
    else { return nil }
    if let name = envelope["stream"], unsafe start[name.lowerBound] == 0x22 {
      unsafe self.init(stream: Self.text(start, name), record: record)
      version = envelope["version"].flatMap { unsafe Int64(Self.raw(start, $0)) }
      timeExtracted = envelope["time_extracted"]
      return
    }
    unsafe p = unsafe start + record.lowerBound
    let inner = unsafe try Self.members(&p, start, end)
    guard let name = inner["stream"], unsafe start[name.lowerBound] == 0x22,
      let data = inner["data"],
      unsafe start[data.lowerBound] == 0x7B
    else { return nil }
    unsafe self.init(stream: Self.text(start, name), record: data)
    timeExtracted = inner["emitted_at"]
  }

  private init(stream: String, record: Range<Int>) {
    self.stream = stream
    self.record = record
  }

  /// The members of the object at `p`, by key; of equal keys the last stands.
  private static func members(
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

  private static func raw(_ start: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
    unsafe ScalarText.text(start + range.lowerBound, start + range.upperBound)
  }

  private static func text(_ start: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
    guard unsafe start[range.lowerBound] == 0x22 else { return unsafe raw(start, range) }
    let text = unsafe start + range.lowerBound + 1
    guard let scan = unsafe try? JSONScanner.scanString(text, start + range.upperBound) else {
      return ""
    }
    return unsafe JSONScanner.text(text, scan)
  }
}
