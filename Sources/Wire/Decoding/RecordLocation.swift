package import JSON

// SAFETY, for the whole file: every read is below `end`, the end of one line.

/// Where the parts of a RECORD line are, as offsets from the line's start.
package struct RecordLocation: Hashable, Sendable {
  /// The stream's name; for Airbyte with its namespace, if it has one.
  package var stream: String
  /// The record: for Airbyte the object under `data`.
  package var record: Range<Int>
  /// The version of the table that the record belongs to.
  package var version: Int64?
  /// The value of `time_extracted`, or of Airbyte's `emitted_at`, with quotes if it has them.
  package var timeExtracted: Range<Int>?
  /// Airbyte's `meta`, which tells what was changed of the record; a tap of ours hands it on.
  package var meta: Range<Int>?

  /// Finds the parts of one line, Singer's or Airbyte's; nil if it is no RECORD message.
  ///
  /// Throws if the line is not JSON.
  package init?(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) throws(JSONFault) {
    var type = ""
    var p = unsafe JSONScanner.skipWhitespace(start, end)
    let envelope = unsafe try Members.scan(&p, start, end)
    unsafe p = unsafe JSONScanner.skipWhitespace(p, end)
    guard unsafe p == end else { throw unsafe JSONFault(.trailingBytes, remaining: end - p) }
    if let range = envelope["type"] { type = unsafe Members.text(start, range) }
    guard type.lowercased() == "record", let record = envelope["record"],
      unsafe start[record.lowerBound] == 0x7B
    else { return nil }
    if let name = envelope["stream"], unsafe start[name.lowerBound] == 0x22 {
      unsafe self.init(stream: Members.text(start, name), record: record)
      version = envelope["version"].flatMap { unsafe Int64(Members.text(start, $0)) }
      timeExtracted = envelope["time_extracted"]
      meta = unsafe Self.object(envelope["meta"], in: start)
      return
    }
    unsafe p = unsafe start + record.lowerBound
    let inner = unsafe try Members.scan(&p, start, end)
    guard let name = inner["stream"], unsafe start[name.lowerBound] == 0x22,
      let data = inner["data"],
      unsafe start[data.lowerBound] == 0x7B
    else { return nil }
    let namespace = inner["namespace"].flatMap { range in
      unsafe start[range.lowerBound] == 0x22 ? Members.text(start, range) : nil
    }
    let stream = unsafe AirbyteStream.name(Members.text(start, name), namespace: namespace)
    self.init(stream: stream, record: data)
    timeExtracted = inner["emitted_at"]
    meta = unsafe Self.object(inner["meta"], in: start)
  }

  /// When the tap got the record, in microseconds since 1970; nil where it does not say so.
  package func extracted(in start: UnsafePointer<UInt8>) -> Int64? {
    guard let range = timeExtracted else { return nil }
    let text = unsafe Members.text(start, range)
    // Airbyte has milliseconds.
    if let number = Int64(text) {
      return number.multipliedReportingOverflow(by: 1_000).partialValue
    }
    var bytes = Array(text.utf8)
    return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress,
        let time = unsafe ScalarText.timestamp(base, base + buffer.count)
      else { return nil }
      return time.seconds * 1_000_000 + time.nanos / 1_000
    }
  }

  /// A member that is an object.
  private static func object(_ range: Range<Int>?, in start: UnsafePointer<UInt8>) -> Range<Int>? {
    range.flatMap { unsafe start[$0.lowerBound] == 0x7B ? $0 : nil }
  }

  private init(stream: String, record: Range<Int>) {
    self.stream = stream
    self.record = record
  }
}
