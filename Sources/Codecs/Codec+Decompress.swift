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
