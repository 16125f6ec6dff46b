import Codecs

/// What the footer says of one column of a row group.
struct ColumnChunk {
  var physical: Physical
  var path: [String]
  var codec: Codec
  var metadata: [(String, String)]
  var statistics: Statistics
  var sizes: SizeStatistics
  var index = PageIndex()
  /// Where both indexes lie, once they are written.
  var columnIndexPlace: Range<Int>?
  var offsetIndexPlace: Range<Int>?
  /// The bloom filter until it is written, and then where it lies.
  var bloomFilter: [UInt8]?
  var bloomFilterPlace: Range<Int>?
  var slots: Int
  /// How many data pages have which encoding.
  var dataPages: [PageEncoding: Int] = [:]
  var dictionaryOffset: Int?
  var dataOffset = 0
  var isVersion2 = false
  var uncompressed = 0
  var compressed = 0

  var start: Int { dictionaryOffset ?? dataOffset }
  /// The bytes of the data pages so far.
  var dataBytes: Int { compressed - (dataOffset - start) }

  func write(to thrift: inout ThriftWriter) {
    thrift.i64(2, 0)
    thrift.structure(3) { thrift in
      thrift.i32(1, physical.number)
      // Levels are RLE; a dictionary page is PLAIN.
      var encodings = pageCounts.map(\.encoding)
      if dictionaryOffset != nil, dataPages[.plain] == nil { encodings.append(.plain) }
      if dataPages[.rle] == nil { encodings.append(.rle) }
      thrift.list(2, of: .i32, count: encodings.count)
      for encoding in encodings { thrift.element(encoding.rawValue) }
      thrift.list(3, of: .binary, count: path.count)
      for name in path { thrift.element(name.utf8) }
      thrift.i32(4, codec.number)
      thrift.i64(5, slots)
      thrift.i64(6, uncompressed)
      thrift.i64(7, compressed)
      if !metadata.isEmpty { thrift.pairs(8, metadata) }
      thrift.i64(9, dataOffset)
      if let dictionaryOffset { thrift.i64(11, dictionaryOffset) }
      thrift.structure(12) { statistics.write(to: &$0) }
      writePageCounts(to: &thrift)
      if let place = bloomFilterPlace {
        thrift.i64(14, place.lowerBound)
        thrift.i32(15, place.count)
      }
      thrift.structure(16) { sizes.write(to: &$0) }
    }
    if let place = offsetIndexPlace {
      thrift.i64(4, place.lowerBound)
      thrift.i32(5, place.count)
    }
    if let place = columnIndexPlace {
      thrift.i64(6, place.lowerBound)
      thrift.i32(7, place.count)
    }
  }

  private var pageCounts: [(encoding: PageEncoding, count: Int)] {
    dataPages.sorted { $0.key.rawValue > $1.key.rawValue }.map { ($0.key, $0.value) }
  }

  private func writePageCounts(to thrift: inout ThriftWriter) {
    let dictionaries = dictionaryOffset == nil ? 0 : 1
    thrift.list(13, of: .structure, count: dictionaries + dataPages.count)
    if dictionaries > 0 { Self.write(2, .plain, 1, to: &thrift) }
    for (encoding, count) in pageCounts {
      Self.write(isVersion2 ? 3 : 0, encoding, count, to: &thrift)
    }
  }

  private static func write(
    _ page: Int,
    _ encoding: PageEncoding,
    _ count: Int,
    to thrift: inout ThriftWriter
  ) {
    thrift.element {
      $0.i32(1, page)
      $0.i32(2, encoding.rawValue)
      $0.i32(3, count)
    }
  }
}

extension Codec {
  /// The number in the Thrift enumeration `CompressionCodec`.
  var number: Int {
    switch self {
    case .uncompressed: 0
    case .snappy: 1
    case .gzip: 2
    case .brotli: 4
    case .zstd: 6
    case .lz4: 7
    }
  }
}

extension ThriftWriter {
  /// Writes a list of `KeyValue`.
  mutating func pairs(_ id: Int16, _ pairs: [(String, String)]) {
    list(id, of: .structure, count: pairs.count)
    for (key, value) in pairs {
      element {
        $0.text(1, key)
        $0.text(2, value)
      }
    }
  }
}
