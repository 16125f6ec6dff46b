/// The Thrift header in front of each page.
struct PageHeader {
  enum Kind {
    case data(slots: Int, PageEncoding)
    case dictionary(values: Int)
  }

  var kind: Kind
  var uncompressed: Int
  var compressed: Int

  var bytes: [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      switch kind {
      case .data: thrift.i32(1, 0)
      case .dictionary: thrift.i32(1, 2)
      }
      thrift.i32(2, uncompressed)
      thrift.i32(3, compressed)
      switch kind {
      case .data(let slots, let encoding):
        thrift.structure(5) {
          $0.i32(1, slots)
          $0.i32(2, encoding.rawValue)
          $0.i32(3, PageEncoding.rle.rawValue)
          $0.i32(4, PageEncoding.rle.rawValue)
        }
      case .dictionary(let values):
        thrift.structure(7) {
          $0.i32(1, values)
          $0.i32(2, PageEncoding.plain.rawValue)
        }
      }
    }
    return thrift.bytes
  }
}
