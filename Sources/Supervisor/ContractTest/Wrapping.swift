internal import Contracts
internal import JSON

/// Makes RECORD messages of one stream out of plain records.
struct Wrapping {
  private let before: [UInt8]

  init(_ object: ContractObject) {
    let stream = JSONValue.string(object.physicalName ?? object.name).encoded()
    before = Array(#"{"type":"RECORD","stream":\#(stream),"record":"#.utf8)
  }

  private static let after: [UInt8] = [0x7D, 0x0A]

  func message(_ record: JSONObject) -> [UInt8] {
    var writer = JSONWriter()
    writer.bytes = before
    JSONValue.object(record).write(to: &writer)
    return writer.bytes + Self.after
  }

  /// The message of a line, the record's bytes as they are.
  ///
  /// A line that is no JSON object goes on as it is: the engine tells what is wrong with it, and
  /// nothing in it can pass for a part of the message.
  func message(_ line: UnsafeRawBufferPointer) -> [UInt8] {
    guard unsafe Self.isObject(line) else { return unsafe Array(line) + [0x0A] }
    var bytes = before
    bytes.reserveCapacity(before.count + line.count + 2)
    unsafe bytes.append(contentsOf: line)
    return bytes + Self.after
  }

  /// Whether the line is one object, valid JSON to its end.
  private static func isObject(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let start = unsafe line.bindMemory(to: UInt8.self).baseAddress else { return false }
    // SAFETY: positions stay within the line, which the caller keeps during the call.
    let end = unsafe start + line.count
    let first = unsafe JSONScanner.skipWhitespace(start, end)
    guard unsafe first < end, unsafe first.pointee == 0x7B,
      let last = unsafe try? JSONScanner.skipValue(first, end)
    else { return false }
    return unsafe JSONScanner.skipWhitespace(last, end) == end
  }
}
