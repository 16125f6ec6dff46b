/// The Thrift header in front of each page.
struct PageHeader {
  enum Kind {
    case data(slots: Int, PageEncoding)
    /// Version 2: the levels stand uncompressed before the values.
    case data2(DataPage2)
    case dictionary(values: Int)
  }

  struct DataPage2 {
    var slots: Int
    var nulls: Int
    var rows: Int
    var encoding: PageEncoding
    var repetitionBytes: Int
    var definitionBytes: Int
    var isCompressed: Bool
  }

  var kind: Kind
  var uncompressed: Int
  var compressed: Int
  /// CRC-32 of what follows the header.
  var checksum: UInt32

  var bytes: [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      switch kind {
      case .data: thrift.i32(1, 0)
      case .dictionary: thrift.i32(1, 2)
      case .data2: thrift.i32(1, 3)
      }
      thrift.i32(2, uncompressed)
      thrift.i32(3, compressed)
      thrift.i32(4, Int(Int32(bitPattern: checksum)))
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
      case .data2(let page):
        thrift.structure(8) {
          $0.i32(1, page.slots)
          $0.i32(2, page.nulls)
          $0.i32(3, page.rows)
          $0.i32(4, page.encoding.rawValue)
          $0.i32(5, page.definitionBytes)
          $0.i32(6, page.repetitionBytes)
          $0.bool(7, page.isCompressed)
        }
      }
    }
    return thrift.bytes
  }
}
