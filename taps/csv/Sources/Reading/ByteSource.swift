import Codecs
import ConnectorKit
import Glibc
import Posix
import Wire

/// The bytes of a file, decompressed where its first bytes say that it is gzip or zstd.
@safe
struct ByteSource: ~Copyable {
  private static let blockSize = 1 << 16

  let path: String
  private(set) var codec: Codec
  private let descriptor: Descriptor
  private var decompressor: Decompressor
  // SAFETY, for the whole file: the block is the source's own; `pending` lies inside it.
  private let block: UnsafeMutableRawBufferPointer
  private var pending: Range<Int>

  /// Opens a file and looks at its first bytes.
  static func open(_ path: String) throws(Failure) -> ByteSource {
    let descriptor = try descriptor(path)
    var source = ByteSource(path, descriptor, try decompressor(.uncompressed, path))
    try source.look()
    return source
  }

  private init(
    _ path: String,
    _ descriptor: consuming Descriptor,
    _ decompressor: consuming Decompressor
  ) {
    self.path = path
    self.descriptor = descriptor
    self.decompressor = decompressor
    codec = .uncompressed
    unsafe block = .allocate(byteCount: Self.blockSize, alignment: 8)
    pending = 0..<0
  }

  private mutating func look() throws(Failure) {
    pending = 0..<(unsafe try readPlain(into: block))
    codec = try Self.codec(of: unsafe Array(block[pending.prefix(8)]), path)
    if codec != .uncompressed { decompressor = try Self.decompressor(codec, path) }
  }

  private static func descriptor(_ path: String) throws(Failure) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: path)
    } catch {
      throw Failure(
        .io,
        "\(path) cannot be read: \(error.reason)",
        hint: error.code == EACCES ? "Check who may read the file." : nil
      )
    }
  }

  private static func decompressor(
    _ codec: Codec,
    _ path: String
  ) throws(Failure) -> Decompressor {
    do throws(CodecError) {
      return try Decompressor(codec)
    } catch {
      throw failure(error, path)
    }
  }

  deinit { unsafe block.deallocate() }

  /// Fills `room` as far as one read goes; 0 is the end.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if codec == .uncompressed { return unsafe try readPlain(into: room) }
    let raw = descriptor.raw
    let block = unsafe self.block
    var pending = self.pending
    defer { self.pending = pending }
    do {
      return try unsafe decompressor.read(into: room) {
        if pending.isEmpty { pending = 0..<(try unsafe Descriptor.read(raw, into: block)) }
        guard !pending.isEmpty else { return unsafe UnsafeRawBufferPointer?.none }
        defer { pending = pending.upperBound..<pending.upperBound }
        return unsafe UnsafeRawBufferPointer(rebasing: block[pending])
      }
    } catch {
      throw Self.failure(error, path)
    }
  }

  private mutating func readPlain(
    into room: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    if !pending.isEmpty {
      let count = min(pending.count, room.count)
      let part = pending.lowerBound..<pending.lowerBound + count
      unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[part]))
      pending = part.upperBound..<pending.upperBound
      return count
    }
    do throws(PosixError) {
      return unsafe try descriptor.read(into: room)
    } catch {
      throw Self.failure(error, path)
    }
  }

  /// Goes on at `offset` of a file that is not compressed.
  mutating func seek(to offset: Int) throws(Failure) {
    guard lseek(descriptor.raw, off_t(offset), SEEK_SET) == off_t(offset) else {
      throw Self.failure(PosixError("seek", path), path)
    }
    pending = 0..<0
  }

  private static func codec(of head: [UInt8], _ path: String) throws(Failure) -> Codec {
    func starts(_ text: StaticString, _ more: UInt8...) -> Bool {
      head.starts(with: Array("\(text)".utf8) + more)
    }
    if head.starts(with: [0x1F, 0x8B]) { return .gzip }
    if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    // The skippable frame of zstd, with which parallel writers begin.
    if head.count >= 4, head[0] & 0xF0 == 0x50, head[1...3] == [0x2A, 0x4D, 0x18] { return .zstd }
    let other: String? =
      if starts("PK", 3, 4) {
        "a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV"
      } else if starts("PAR1") {
        "a Parquet file"
      } else if starts("BZh") {
        "compressed with bzip2: gzip and zstd are read"
      } else if starts("", 0xFD, 0x37, 0x7A, 0x58, 0x5A) {
        "compressed with xz: gzip and zstd are read"
      } else if starts("", 0xD0, 0xCF, 0x11, 0xE0) {
        "an old Excel workbook: save the sheet as CSV"
      } else {
        nil
      }
    if let other { throw Failure(.data, "\(path) is not a CSV file but \(other)") }
    return .uncompressed
  }

  private static func failure(_ error: any Error, _ path: String) -> Failure {
    switch error {
    case let failure as Failure: return failure
    case let error as PosixError:
      return Failure(.io, "\(path) cannot be read: \(error.reason)")
    case CodecError.truncated(let codec):
      return Failure(
        .data,
        "\(path): the \(codec.rawValue) data end too early",
        hint: "The file was not written or copied in full: get it again."
      )
    case CodecError.malformed(let codec):
      return Failure(
        .data,
        "\(path): the \(codec.rawValue) data are damaged",
        hint: "Get the file again, or test it with \(codec == .gzip ? "gzip" : "zstd") -t."
      )
    default: return Failure(.bug, "\(path): \(error)")
    }
  }
}
