/// Reads Thrift's compact protocol from untrusted bytes.
struct ThriftReader: Varints {
  private let bytes: [UInt8]
  /// Where the next byte stands.
  private(set) var offset: Int
  private var depth = 0

  /// Reads from `offset` on, which must not lie behind the end.
  init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Reads a struct; `body` consumes each field's value, or returns false to have it skipped.
  mutating func structure(
    _ body: (inout ThriftReader, Int, UInt8) throws(ReadError) -> Bool
  ) throws(ReadError) {
    depth += 1
    guard depth < 64 else { throw .malformed("metadata nested too deeply") }
    var id = 0
    while true {
      let header = try byte()
      if header == 0 { break }
      let delta = Int(header >> 4)
      id = delta == 0 ? try number() : id &+ delta
      let kind = header & 15
      if try !body(&self, id, kind) { try skip(kind, inList: false) }
    }
    depth -= 1
  }

  /// Reads a list's header; every element takes a byte at least, which bounds the count.
  mutating func list() throws(ReadError) -> (kind: UInt8, count: Int) {
    let header = try byte()
    let count = header >> 4 == 15 ? Int(clamping: try varint()) : Int(header >> 4)
    guard count <= bytes.count - offset else { throw .malformed("a list longer than its file") }
    return (header & 15, count)
  }

  mutating func number() throws(ReadError) -> Int {
    let value = try varint()
    return Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1))
  }

  mutating func binary() throws(ReadError) -> ArraySlice<UInt8> {
    let count = Int(clamping: try varint())
    guard count <= bytes.count - offset else { throw .malformed("a text longer than its file") }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  mutating func text() throws(ReadError) -> String {
    String(decoding: try binary(), as: UTF8.self)
  }

  /// Reads one byte, as numbers of eight bits have it.
  mutating func byte() throws(ReadError) -> UInt8 {
    guard offset < bytes.count else { throw .malformed("metadata ends early") }
    defer { offset += 1 }
    return bytes[offset]
  }

  private mutating func skip(_ kind: UInt8, inList: Bool) throws(ReadError) {
    switch kind {
    case 1, 2: if inList { _ = try byte() }
    case 3: _ = try byte()
    case 4, 5, 6: _ = try varint()
    case 7:
      for _ in 0..<8 { _ = try byte() }
    case 8: _ = try binary()
    case 9, 10:
      depth += 1
      guard depth < 64 else { throw .malformed("metadata nested too deeply") }
      let (kind, count) = try list()
      for _ in 0..<count { try skip(kind, inList: true) }
      depth -= 1
    case 12: try structure { _, _, _ throws(ReadError) in false }
    default: throw .malformed("an unknown kind of field")
    }
  }
}
