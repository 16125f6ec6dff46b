/// Bytes taken one by one, and the numbers of variable length that Thrift and the encodings share.
protocol Varints {
  mutating func byte() throws(ReadError) -> UInt8
}

extension Varints {
  /// A number of seven bits a byte, lowest first.
  mutating func varint() throws(ReadError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
    }
    throw .malformed("a number longer than 64 bits")
  }
}
