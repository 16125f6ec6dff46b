/// A page's header as it was read.
struct PageFrame {
  enum Kind {
    case data(slots: Int, encoding: Int)
    case data2(Version2)
    case dictionary(values: Int)
    /// A page of a kind that holds no values.
    case other
  }

  struct Version2 {
    var slots = 0
    var encoding = 0
    var repetitionBytes = 0
    var definitionBytes = 0
    var isCompressed = true
  }

  var kind = Kind.other
  var uncompressed = 0
  var compressed = 0
  /// CRC-32 of what follows the header; nil where the writer left it out.
  var checksum: UInt32?

  init(_ thrift: inout ThriftReader) throws(ReadError) {
    var number = -1
    var plain = (slots: 0, encoding: 0)
    var version2 = Version2()
    var values = 0
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (1, 5): number = try thrift.number()
      case (2, 5): uncompressed = try thrift.number()
      case (3, 5): compressed = try thrift.number()
      case (4, 5): checksum = UInt32(truncatingIfNeeded: try thrift.number())
      case (5, 12): plain = try Self.data(&thrift)
      case (7, 12): values = try Self.data(&thrift).slots
      case (8, 12): version2 = try Self.version2(&thrift)
      default: return false
      }
      return true
    }
    switch number {
    case 0: kind = .data(slots: plain.slots, encoding: plain.encoding)
    case 2: kind = .dictionary(values: values)
    case 3: kind = .data2(version2)
    default: kind = .other
    }
  }

  private static func data(
    _ thrift: inout ThriftReader
  ) throws(ReadError) -> (slots: Int, encoding: Int) {
    var slots = 0
    var encoding = 0
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (1, 5): slots = try thrift.number()
      case (2, 5): encoding = try thrift.number()
      default: return false
      }
      return true
    }
    return (slots, encoding)
  }

  private static func version2(_ thrift: inout ThriftReader) throws(ReadError) -> Version2 {
    var page = Version2()
    try thrift.structure { (thrift, id, kind) throws(ReadError) in
      switch (id, kind) {
      case (1, 5): page.slots = try thrift.number()
      case (4, 5): page.encoding = try thrift.number()
      case (5, 5): page.definitionBytes = try thrift.number()
      case (6, 5): page.repetitionBytes = try thrift.number()
      case (7, 1): page.isCompressed = true
      case (7, 2): page.isCompressed = false
      default: return false
      }
      return true
    }
    return page
  }
}
