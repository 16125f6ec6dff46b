import CBrotli
import CLZ4
import CSnappy
import CZlib
import CZstd

/// Compresses blocks, each on its own, with one context that is kept between them.
@safe
package struct Compressor: ~Copyable {
  /// The method.
  package let codec: Codec
  private let level: Int32
  private var zstd: OpaquePointer?
  private var deflater: UnsafeMutablePointer<z_stream>?

  /// Creates a compressor; `level` is one of the codec's `levels`, nil its usual one.
  package init(_ codec: Codec, level: Int? = nil) throws(CodecError) {
    self.codec = codec
    self.level = Int32(clamping: level ?? codec.levels?.usual ?? 0)
    unsafe zstd = nil
    unsafe deflater = nil
    switch codec {
    case .uncompressed, .snappy, .brotli, .lz4: break
    case .zstd:
      unsafe zstd = ZSTD_createCCtx()
      if unsafe zstd == nil { throw .unavailable(codec) }
    case .gzip:
      // SAFETY: zlib keeps a pointer to the stream, hence its own allocation, freed in `deinit`.
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      let result = unsafe deflateInit2_(
        stream,
        self.level,
        Z_DEFLATED,
        15 + 16,
        8,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)
      )
      guard result == Z_OK else {
        unsafe stream.deallocate()
        throw .unavailable(codec)
      }
      unsafe deflater = stream
    }
  }

  deinit {
    // SAFETY: both contexts are owned here and end with the compressor.
    if let zstd = unsafe zstd { unsafe ZSTD_freeCCtx(zstd) }
    if let deflater = unsafe deflater {
      unsafe deflateEnd(deflater)
      unsafe deflater.deallocate()
    }
  }

  /// The most bytes that `count` bytes can become.
  package func bound(_ count: Int) -> Int {
    switch codec {
    case .uncompressed: count
    case .snappy: snappy_max_compressed_length(count)
    case .zstd: ZSTD_compressBound(count)
    case .brotli: max(16, BrotliEncoderMaxCompressedSize(count))
    case .lz4: Int(LZ4_compressBound(Int32(clamping: count)))
    case .gzip: count + count / 1000 + count / 16000 * 5 + 64
    }
  }

  /// Compresses `source` into `room`, at least `bound(source.count)` bytes; returns the length.
  ///
  /// `isNumbers` says that it is numbers of equal width: what zstd's level 3 looks for beyond its
  /// level 2 is not in them, so they take a third less time and, nearly always, less room.
  package mutating func compress(
    _ source: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer,
    isNumbers: Bool = false
  ) throws(CodecError) -> Int {
    guard room.count >= bound(source.count), let target = room.baseAddress else {
      throw .tooLarge(codec)
    }
    // SAFETY: every call below is told the lengths of both buffers.
    switch codec {
    case .uncompressed:
      unsafe room.copyMemory(from: source)
      return source.count
    case .snappy:
      var length = room.count
      let status = unsafe snappy_compress(
        source.baseAddress?.assumingMemoryBound(to: CChar.self),
        source.count,
        target.assumingMemoryBound(to: CChar.self),
        &length
      )
      guard status == SNAPPY_OK else { throw .tooLarge(codec) }
      return length
    case .zstd:
      let length = unsafe ZSTD_compressCCtx(
        zstd,
        target,
        room.count,
        source.baseAddress,
        source.count,
        isNumbers && level == 3 ? 2 : level
      )
      guard ZSTD_isError(length) == 0 else { throw .tooLarge(codec) }
      return length
    case .brotli:
      var length = room.count
      let isDone = unsafe BrotliEncoderCompress(
        level,
        Int32(BROTLI_DEFAULT_WINDOW),
        BROTLI_MODE_GENERIC,
        source.count,
        source.baseAddress?.assumingMemoryBound(to: UInt8.self),
        &length,
        target.assumingMemoryBound(to: UInt8.self)
      )
      guard isDone == BROTLI_TRUE else { throw .tooLarge(codec) }
      return length
    case .lz4:
      let length = unsafe compressLZ4(source, into: room)
      guard length > 0 else { throw .tooLarge(codec) }
      return Int(length)
    case .gzip:
      guard let stream = unsafe deflater, unsafe deflateReset(stream) == Z_OK else {
        throw .unavailable(codec)
      }
      guard let input = UInt32(exactly: source.count) else { throw .tooLarge(codec) }
      let bytes = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes)
      unsafe stream.pointee.avail_in = input
      unsafe stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
      guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { throw .tooLarge(codec) }
      return unsafe Int(stream.pointee.total_out)
    }
  }

  /// Returns 0 where the library refuses; nothing at all is one byte long.
  private func compressLZ4(
    _ source: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int32 {
    guard let count = Int32(exactly: source.count) else { return 0 }
    // Any address will do for no bytes.
    var nothing: CChar = 0
    // SAFETY: the library is told the lengths of both buffers.
    return unsafe withUnsafePointer(to: &nothing) { nothing in
      let from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing
      let to = unsafe room.baseAddress?.assumingMemoryBound(to: CChar.self)
      let size = Int32(clamping: room.count)
      return level > 2
        ? unsafe LZ4_compress_HC(from, to, count, size, level)
        : unsafe LZ4_compress_default(from, to, count, size)
    }
  }
}
