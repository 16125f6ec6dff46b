import Codecs
import Testing

@Suite struct DecompressorTests {
  static let text: [UInt8] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }

  static func packed(_ bytes: [UInt8], _ codec: Codec) throws -> [UInt8] {
    var compressor = try Compressor(codec)
    let bound = compressor.bound(bytes.count)
    var room = [UInt8](repeating: 0, count: bound)
    // SAFETY: both buffers live during the call.
    let count = try unsafe room.withUnsafeMutableBytes { room in
      try unsafe bytes.withUnsafeBytes { try unsafe compressor.compress($0, into: room) }
    }
    return Array(room[..<count])
  }

  /// Reads all of `bytes`, offered `piece` bytes at a time, `room` at a time.
  static func unpacked(_ bytes: [UInt8], _ codec: Codec, piece: Int, room: Int) throws -> [UInt8] {
    var stream = try Decompressor(codec)
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: room)
    var offset = 0
    try unsafe bytes.withUnsafeBytes { all in
      while true {
        let count = try unsafe buffer.withUnsafeMutableBytes { room in
          try unsafe stream.read(into: room) {
            guard offset < all.count else { return nil }
            let end = min(offset + piece, all.count)
            defer { offset = end }
            return unsafe UnsafeRawBufferPointer(rebasing: all[offset..<end])
          }
        }
        if count == 0 { return }
        out += buffer[..<count]
      }
    }
    return out
  }

  @Test(arguments: [Codec.gzip, .zstd], [1, 7, 1 << 20])
  func joinsMembersInPiecesOfAnySize(codec: Codec, piece: Int) throws {
    let two = try Self.packed(Self.text, codec) + Self.packed([1, 2, 3], codec)
    #expect(try Self.unpacked(two, codec, piece: piece, room: 1000) == Self.text + [1, 2, 3])
    #expect(try Self.unpacked(two, codec, piece: piece, room: 1 << 20) == Self.text + [1, 2, 3])
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func refusesACutStream(codec: Codec) throws {
    let cut = Array(try Self.packed(Self.text, codec).dropLast(5))
    #expect(throws: CodecError.truncated(codec)) {
      try Self.unpacked(cut, codec, piece: 100, room: 1000)
    }
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func refusesWhatIsNoStream(codec: Codec) {
    #expect(throws: CodecError.malformed(codec)) {
      try Self.unpacked(Array("id,name\n1,two\n".utf8), codec, piece: 100, room: 1000)
    }
  }

  @Test(arguments: Codec.allCases)
  func blocksComeBack(codec: Codec) throws {
    let packed = try Self.packed(Self.text, codec)
    var room = [UInt8](repeating: 0, count: Self.text.count)
    // SAFETY: both buffers live during the call.
    try unsafe room.withUnsafeMutableBytes { room in
      try unsafe packed.withUnsafeBytes { try unsafe codec.decompress($0, into: room) }
    }
    #expect(room == Self.text)
  }
}
