import JSON
import Posix
import Wire

// SAFETY, for the whole file: a line is lent by the reader for as long as the call.

/// Singer's records in Airbyte's envelope; the record itself passes byte for byte.
struct RecordMessage {
  private let namespace: [UInt8]
  /// What stands before the record of the last stream.
  private var head: [UInt8] = []
  private var stream: String?

  init(namespace: String?) {
    self.namespace = Array(
      (namespace.map { #""namespace":\#(JSONValue.string($0).encoded()),"# } ?? "").utf8
    )
  }

  /// Appends the message for a record.
  mutating func append(
    _ location: RecordLocation,
    _ start: UnsafePointer<UInt8>,
    to output: inout [UInt8]
  ) {
    if stream != location.stream {
      stream = location.stream
      let name = JSONValue.string(location.stream).encoded()
      head = Array(#"{"type":"RECORD","record":{"stream":\#(name),"#.utf8) + namespace
      head += Array(#""data":"#.utf8)
    }
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
      unsafe UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
    }
    output += head
    unsafe output.append(contentsOf: bytes(location.record))
    if let meta = location.meta {
      output += Array(#","meta":"#.utf8)
      unsafe output.append(contentsOf: bytes(meta))
    }
    let emitted =
      unsafe location.extracted(in: start).map { $0 / 1_000 } ?? Int64(Clock.wall / 1_000_000)
    output += Array(#","emitted_at":\#(emitted)}}"#.utf8)
    output.append(0x0A)
  }
}
