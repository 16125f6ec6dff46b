/// A compression method for blocks of bytes.
package enum Codec: String, Sendable, CaseIterable {
  case uncompressed, snappy, gzip, zstd
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
