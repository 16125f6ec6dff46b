import Codecs

/// A split block bloom filter: tells of a value that it is not in a chunk, or that it may be.
///
/// Specification: parquet-format, BloomFilter.md.
struct BloomFilter {
  private static let salts: [UInt32] = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d,
    0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
  ]
  private static let wordsPerBlock = 8
  /// A filter of this size tells apart about 800,000 values.
  private static let largest = 1 << 20

  private var words: [UInt32]

  /// A filter that is wrong for about one value of a hundred when `distinct` values are in it.
  init(distinct: Int) {
    // -8 / ln(1 - 0.01 ^ (1 / 8)) bits for each value.
    let wanted = max(32, distinct * 97 / 80)
    var size = 32
    while size < wanted, size < Self.largest { size *= 2 }
    words = [UInt32](repeating: 0, count: size / 4)
  }

  /// Puts in a value, as PLAIN writes it but without the length of a byte string.
  mutating func insert(_ value: UnsafeRawBufferPointer) {
    let hash = unsafe Checksum.xxh64(value)
    let blocks = UInt64(words.count / Self.wordsPerBlock)
    let block = Int(((hash >> 32) * blocks) >> 32)
    let key = UInt32(truncatingIfNeeded: hash)
    for (number, salt) in Self.salts.enumerated() {
      words[block * Self.wordsPerBlock + number] |= 1 << ((key &* salt) >> 27)
    }
  }

  /// The filter behind its header.
  var bytes: [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.i32(1, words.count * 4)
      // Split blocks, XXH64, uncompressed: each the only choice so far.
      for id in Int16(2)...4 { thrift.structure(id) { $0.structure(1) } }
    }
    var bytes = thrift.bytes
    bytes.reserveCapacity(bytes.count + words.count * 4)
    for word in words {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return bytes
  }
}
