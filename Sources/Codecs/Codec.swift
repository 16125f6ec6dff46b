/// A compression method for blocks of bytes.
package enum Codec: String, Sendable, CaseIterable {
  case uncompressed, snappy, gzip, zstd, brotli
  /// LZ4 blocks without a frame.
  case lz4 = "lz4_raw"

  /// The levels that the library knows, and the one it is used at unless told otherwise.
  ///
  /// Nil for a codec without levels. LZ4 above 2 is its slow form, HC.
  package var levels: (range: ClosedRange<Int>, usual: Int)? {
    switch self {
    case .uncompressed, .snappy: nil
    case .gzip: (1...9, 6)
    case .zstd: (1...22, 3)
    case .brotli: (0...11, 4)
    case .lz4: (1...12, 1)
    }
  }
}

/// Why bytes could not be compressed or decompressed.
package enum CodecError: Error, Equatable {
  /// The bytes are not what the codec writes.
  case malformed(Codec)
  /// The stream ended in the middle of a frame or member.
  case truncated(Codec)
  /// The result does not fit in the room given for it.
  case tooLarge(Codec)
  /// The library refused its settings or had no memory.
  case unavailable(Codec)
}
