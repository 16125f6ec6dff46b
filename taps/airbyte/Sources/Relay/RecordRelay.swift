import ConnectorKit
import JSON
import Wire

// SAFETY, for the whole file: a line is lent by the reader for as long as the call.

/// The records of one stream on their way: out of Airbyte's envelope, into Singer's.
struct RecordRelay {
  let name: String
  private var form = EnvelopeForm()
  /// How every message begins, up to its record.
  private let head: [UInt8]
  /// The columns that the catalog deselects.
  private let deselected: [String]
  private let wording: Wording
  /// What follows the record, for the last `emitted_at`.
  private var tail: [UInt8] = []
  private var emitted: Int64?

  init(_ name: String, deselected: [String], _ wording: Wording) {
    self.name = name
    self.deselected = deselected
    self.wording = wording
    head = Array(#"{"type":"RECORD","stream":\#(JSONValue.string(name).encoded()),"record":"#.utf8)
  }

  /// Appends the message for a line of the form that is known; false for any other line.
  mutating func pass(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    to output: inout [UInt8]
  ) -> Bool {
    guard let parts = unsafe form.parts(start, end) else { return false }
    unsafe append(parts.data, parts.emitted, nil, start, end, to: &output)
    return true
  }

  /// Appends the message for a line that was taken apart, and learns its form.
  mutating func pass(
    _ line: RecordLocation,
    meta: [UInt8]?,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    to output: inout [UInt8]
  ) {
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
      unsafe UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
    }
    let time = line.timeExtracted.flatMap { range in
      unsafe Int64(String(decoding: slice(range), as: UTF8.self))
    }
    unsafe append(slice(line.record), time, meta, start, end, to: &output)
    // What a record says of its changes stands in its own line only.
    if meta == nil { unsafe form.learn(line, start, end) }
  }

  private mutating func append(
    _ data: UnsafeRawBufferPointer,
    _ time: Int64?,
    _ meta: [UInt8]?,
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    to output: inout [UInt8]
  ) {
    guard wording == .singer else {
      unsafe output.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
      output.append(0x0A)
      return
    }
    unsafe head.withUnsafeBufferPointer { head in unsafe output.append(contentsOf: head) }
    if deselected.isEmpty {
      unsafe output.append(contentsOf: data)
    } else {
      unsafe output.append(contentsOf: without(data))
    }
    if let meta {
      output.append(contentsOf: Array(#","meta":"#.utf8) + meta)
    }
    setTail(time)
    unsafe tail.withUnsafeBufferPointer { tail in unsafe output.append(contentsOf: tail) }
  }

  /// Sources emit many records in one millisecond.
  private mutating func setTail(_ time: Int64?) {
    if !tail.isEmpty, time == emitted { return }
    emitted = time
    let text = time.flatMap(EmittedAt.text)
    tail = Array((text.map { #","time_extracted":"\#($0)"}"# } ?? "}").utf8) + [0x0A]
  }

  private func without(_ data: UnsafeRawBufferPointer) -> [UInt8] {
    guard var object = unsafe (try? JSONValue.parse(data))?.object else {
      return unsafe Array(data)
    }
    for column in deselected { object[column] = nil }
    return Array(JSONValue.object(object).encoded().utf8)
  }
}
