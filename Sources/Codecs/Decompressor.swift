import CZlib
import CZstd

/// Decompresses a stream that is pulled in pieces: gzip of any number of members, zstd of any
/// number of frames, or bytes as they are.
@safe
package struct Decompressor: ~Copyable {
  /// The method; snappy, Brotli and LZ4 have no stream form here.
  package let codec: Codec
  private var inflater: UnsafeMutablePointer<z_stream>?
  private var zstd: OpaquePointer?
  private var input = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  private var sourceEnded = false
  private var between = true
  private var anything = false
  /// Whether the last call filled its room, so that the library may hold back output.
  private var mayHoldBack = false

  /// Creates a decompressor at the beginning of a stream.
  package init(_ codec: Codec) throws(CodecError) {
    self.codec = codec
    unsafe inflater = nil
    unsafe zstd = nil
    switch codec {
    case .uncompressed: break
    case .snappy, .brotli, .lz4: throw .unavailable(codec)
    case .zstd:
      unsafe zstd = ZSTD_createDCtx()
      if unsafe zstd == nil { throw .unavailable(codec) }
    case .gzip:
      // SAFETY: zlib keeps a pointer to the stream, hence its own allocation, freed in `deinit`.
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      let size = unsafe Int32(MemoryLayout<z_stream>.size)
      guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
        unsafe stream.deallocate()
        throw .unavailable(codec)
      }
      unsafe inflater = stream
    }
  }

  deinit {
    // SAFETY: both contexts are owned here and end with the decompressor.
    if let zstd = unsafe zstd { unsafe ZSTD_freeDCtx(zstd) }
    if let inflater = unsafe inflater {
      unsafe inflateEnd(inflater)
      unsafe inflater.deallocate()
    }
  }

  /// Fills `room` as far as it can and returns how many bytes it wrote; 0 at the end.
  ///
  /// `source` gives the next piece, nil at its end; a piece must stay valid until `source` is
  /// called again. Throws what `source` throws, or a `CodecError`.
  package mutating func read(
    into room: UnsafeMutableRawBufferPointer,
    from source: () throws -> UnsafeRawBufferPointer?
  ) throws -> Int {
    var written = 0
    while written < room.count {
      if unsafe input.isEmpty, !mayHoldBack {
        guard !sourceEnded, let piece = try unsafe source() else {
          sourceEnded = true
          // What is empty altogether is no stream of either form, but harmless.
          if !between { throw CodecError.truncated(codec) }
          return written
        }
        unsafe input = piece
        continue
      }
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[written...])
      let (used, made) = unsafe try step(rest)
      unsafe input = UnsafeRawBufferPointer(rebasing: input[used...])
      written += made
      mayHoldBack = !between && made == rest.count
      // Neither side moved: the library waits for input that is not there.
      if used == 0, made == 0, unsafe !input.isEmpty { throw CodecError.malformed(codec) }
    }
    return written
  }

  /// One call of the library; returns the bytes taken from `input` and written to `room`.
  private mutating func step(
    _ room: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> (used: Int, made: Int) {
    // SAFETY: the libraries are told the lengths of both buffers.
    switch codec {
    case .uncompressed, .snappy, .brotli, .lz4:
      let count = unsafe min(room.count, input.count)
      unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
      return (count, count)
    case .zstd:
      var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
      var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
      let hint = unsafe ZSTD_decompressStream(zstd, &target, &source)
      guard ZSTD_isError(hint) == 0 else { throw .malformed(codec) }
      between = hint == 0
      return unsafe (source.pos, target.pos)
    case .gzip: return try unsafe inflate(room)
    }
  }

  private mutating func inflate(
    _ room: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> (used: Int, made: Int) {
    guard let stream = unsafe inflater else { throw .unavailable(codec) }
    if between {
      // Zero padding after the last member is customary on tapes and block devices.
      if anything, unsafe input.first == 0 { return (1, 0) }
      unsafe inflateReset(stream)
      between = false
      anything = true
    }
    let offered = unsafe min(input.count, 1 << 30)
    let asked = min(room.count, 1 << 30)
    let bytes = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes)
    unsafe stream.pointee.avail_in = UInt32(offered)
    unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(asked)
    let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
      throw .malformed(codec)
    }
    between = result == Z_STREAM_END
    return unsafe (
      offered - Int(stream.pointee.avail_in), asked - Int(stream.pointee.avail_out)
    )
  }
}
