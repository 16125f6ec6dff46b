import CBrotli
import CLZ4
import CSnappy
import CZlib
import CZstd

extension Codec {
  /// Decompresses one block whose length is known: `room` must be filled exactly.
  package func decompress(
    _ source: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) throws(CodecError) {
    // SAFETY: the libraries are told the lengths of both buffers.
    switch self {
    case .uncompressed:
      guard source.count == room.count else { throw .malformed(self) }
      unsafe room.copyMemory(from: source)
    case .snappy:
      var length = room.count
      let status = unsafe snappy_uncompress(
        source.baseAddress?.assumingMemoryBound(to: CChar.self),
        source.count,
        room.baseAddress?.assumingMemoryBound(to: CChar.self),
        &length
      )
      guard status == SNAPPY_OK, length == room.count else { throw .malformed(self) }
    case .zstd:
      let length = unsafe ZSTD_decompress(
        room.baseAddress,
        room.count,
        source.baseAddress,
        source.count
      )
      guard ZSTD_isError(length) == 0, length == room.count else { throw .malformed(self) }
    case .brotli:
      var length = room.count
      let result = unsafe BrotliDecoderDecompress(
        source.count,
        source.baseAddress?.assumingMemoryBound(to: UInt8.self),
        &length,
        room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      )
      guard result == BROTLI_DECODER_RESULT_SUCCESS, length == room.count else {
        throw .malformed(self)
      }
    case .lz4:
      guard let count = Int32(exactly: source.count), let size = Int32(exactly: room.count) else {
        throw .tooLarge(self)
      }
      let length = unsafe LZ4_decompress_safe(
        source.baseAddress?.assumingMemoryBound(to: CChar.self),
        room.baseAddress?.assumingMemoryBound(to: CChar.self),
        count,
        size
      )
      guard Int(length) == room.count else { throw .malformed(self) }
    case .gzip:
      var stream = try Decompressor(.gzip)
      var given = false
      let length: Int
      do {
        length = try unsafe stream.read(into: room) {
          defer { given = true }
          return unsafe given ? nil : source
        }
      } catch {
        throw .malformed(self)
      }
      guard length == room.count else { throw .malformed(self) }
    }
  }
}
