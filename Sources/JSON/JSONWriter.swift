/// Writes JSON text into a growing buffer of bytes; commas are put by the writer.
public struct JSONWriter: Sendable {
  /// What has been written; a caller may empty it between values.
  public var bytes: [UInt8] = []
  private var needsComma = false
  private var depth = 0
  private let pretty: Bool

  /// Creates an empty writer; `pretty` puts each member on a line, indented by two spaces.
  public init(pretty: Bool = false) { self.pretty = pretty }

  /// Begins an object.
  public mutating func beginObject() { begin(0x7B) }
  /// Ends the object.
  public mutating func endObject() { end(0x7D) }
  /// Begins an array.
  public mutating func beginArray() { begin(0x5B) }
  /// Ends the array.
  public mutating func endArray() { end(0x5D) }

  /// Writes a member's key; its value is written next.
  public mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(0x3A)
    if pretty { bytes.append(0x20) }
    needsComma = false
    isAfterKey = true
  }

  /// Writes a string.
  public mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  /// Writes a number.
  public mutating func number(_ number: JSONNumber) { raw(number.text) }
  /// Writes a whole number.
  public mutating func integer(_ value: some BinaryInteger) { raw(String(value)) }
  /// Writes a boolean.
  public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
  /// Writes null.
  public mutating func null() { raw("null") }

  /// Writes `text`, one value in valid JSON, as it is.
  public mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes `buffer`, one value in valid JSON, as it is.
  public mutating func raw(_ buffer: UnsafeRawBufferPointer) {
    separate()
    // SAFETY: the caller's buffer is only read during the call.
    unsafe bytes.append(contentsOf: buffer)
  }

  /// Ends a line: a line feed, after which the next value starts without a comma.
  public mutating func newline() {
    bytes.append(0x0A)
    needsComma = false
  }

  /// What has been written, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private var isAfterKey = false

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
    if pretty, depth > 0, !isAfterKey { indent() }
    needsComma = true
    isAfterKey = false
  }

  private mutating func begin(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    depth += 1
    needsComma = false
  }

  private mutating func end(_ byte: UInt8) {
    depth -= 1
    if pretty, needsComma { indent() }
    bytes.append(byte)
    needsComma = true
    isAfterKey = false
  }

  private mutating func indent() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  private mutating func quote(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x08: bytes += [0x5C, 0x62]
      case 0x09: bytes += [0x5C, 0x74]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0C: bytes += [0x5C, 0x66]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0x00..<0x20: bytes += [0x5C, 0x75, 0x30, 0x30, Self.hex(byte >> 4), Self.hex(byte & 15)]
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }
}

extension JSONValue {
  /// Writes the value.
  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let bool): writer.bool(bool)
    case .number(let number): writer.number(number)
    case .string(let string): writer.string(string)
    case .array(let array):
      writer.beginArray()
      for element in array { element.write(to: &writer) }
      writer.endArray()
    case .object(let object):
      writer.beginObject()
      for member in object {
        writer.key(member.key)
        member.value.write(to: &writer)
      }
      writer.endObject()
    }
  }

  /// The value as JSON text, on one line unless `pretty`.
  public func encoded(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    write(to: &writer)
    return writer.text
  }
}
