extension FooterReader {
  /// One column of a row group.
  package struct Chunk: Sendable {
    /// The names from the top-level column down.
    package var path: [String] = []
    /// The numbers of the encodings that its pages use, levels included.
    package var encodings: [Int] = []
    /// The number of the codec.
    package var codec = 0
    /// Values and nulls.
    package var slots = 0
    /// The bytes of its pages before compression, headers included.
    package var uncompressed = 0
    /// The bytes of its pages in the file.
    package var compressed = 0
    /// Where its first data page lies.
    package var dataOffset = 0
    /// Where its dictionary page lies; nil without one.
    package var dictionaryOffset: Int?
    /// Nulls, where the file tells.
    package var nulls: Int?
    /// Different values, where the file tells.
    package var distinct: Int?
    /// The lower bound of the values as PLAIN has it, but without the length of a byte string.
    package var minimum: [UInt8]?
    /// The upper bound.
    package var maximum: [UInt8]?
    /// Whether a value equals the lower bound.
    package var isMinimumExact: Bool?
    /// Whether a value equals the upper bound.
    package var isMaximumExact: Bool?
    /// Key-value metadata of the column.
    package var metadata: [(key: String, value: String)] = []
    /// Where its bloom filter lies; nil without one.
    package var bloomFilterOffset: Int?
    /// The bytes of the bloom filter, header included.
    package var bloomFilterSize: Int?
    /// Whether the file tells where pages lie.
    package var hasOffsetIndex = false
    /// Whether the file tells the bounds of pages.
    package var hasColumnIndex = false

    /// Where its pages begin: some writers tell 0 for a dictionary that is not there.
    var start: Int {
      guard let dictionaryOffset, dictionaryOffset > 0 else { return dataOffset }
      return min(dictionaryOffset, dataOffset)
    }

    init(_ thrift: inout ThriftReader) throws(ReadError) {
      try thrift.structure { (thrift, id, kind) throws(ReadError) in
        switch (id, kind) {
        case (1, 8): throw .unsupported("a column chunk in another file")
        case (3, 12): try readMetadata(&thrift)
        case (4, 6):
          hasOffsetIndex = true
          _ = try thrift.number()
        case (6, 6):
          hasColumnIndex = true
          _ = try thrift.number()
        default: return false
        }
        return true
      }
    }

    private mutating func readMetadata(_ thrift: inout ThriftReader) throws(ReadError) {
      try thrift.structure { (thrift, id, kind) throws(ReadError) in
        switch (id, kind) {
        case (2, 9):
          for _ in 0..<(try thrift.list().count) { encodings.append(try thrift.number()) }
        case (3, 9): for _ in 0..<(try thrift.list().count) { path.append(try thrift.text()) }
        case (4, 5): codec = try thrift.number()
        case (5, 6): slots = try thrift.number()
        case (6, 6): uncompressed = try thrift.number()
        case (7, 6): compressed = try thrift.number()
        case (8, 9): metadata = try thrift.pairs()
        case (9, 6): dataOffset = try thrift.number()
        case (11, 6): dictionaryOffset = try thrift.number()
        case (12, 12): try readStatistics(&thrift)
        case (14, 6): bloomFilterOffset = try thrift.number()
        case (15, 5): bloomFilterSize = try thrift.number()
        default: return false
        }
        return true
      }
    }

    private mutating func readStatistics(_ thrift: inout ThriftReader) throws(ReadError) {
      try thrift.structure { (thrift, id, kind) throws(ReadError) in
        switch (id, kind) {
        case (3, 6): nulls = try thrift.number()
        case (4, 6): distinct = try thrift.number()
        case (5, 8): maximum = Array(try thrift.binary())
        case (6, 8): minimum = Array(try thrift.binary())
        case (7, 1), (7, 2): isMaximumExact = kind == 1
        case (8, 1), (8, 2): isMinimumExact = kind == 1
        default: return false
        }
        return true
      }
    }
  }
}
