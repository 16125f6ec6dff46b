import Glibc
import Posix
import Testing

// SAFETY: a region is copied before the next is asked for.

@Suite struct LineReaderTests {
  /// A descriptor to read `text` from, written piece by piece by a thread of its own.
  static func source(_ pieces: [String]) throws -> Descriptor {
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    let output = ends[1]
    let worker = Worker(capacity: pieces.count + 1)
    for piece in pieces {
      try worker.submit {
        let bytes = Array(piece.utf8)
        try unsafe bytes.withUnsafeBytes { try unsafe Descriptor.write(output, $0) }
        usleep(2000)
      }
    }
    try worker.submit { close(output) }
    return Descriptor(owning: ends[0])
  }

  /// All regions, as text.
  static func regions(_ reader: inout LineReader) throws -> [String] {
    var regions: [String] = []
    while let region = unsafe try reader.next() {
      regions.append(unsafe String(decoding: region, as: UTF8.self))
    }
    return regions
  }

  @Test func lendsWholeLinesHoweverTheyCome() throws {
    let input = try Self.source(["a\nb", "b\nc", "c", "c\n"])
    var reader = LineReader(input.raw, block: 4)
    let regions = try Self.regions(&reader)
    #expect(regions.joined() == "a\nbb\nccc\n")
    #expect(regions.allSatisfy { $0.hasSuffix("\n") })
    let isCut = reader.endedWithoutNewline
    #expect(!isCut)
  }

  @Test func theLastLineMayLackItsLineFeed() throws {
    let input = try Self.source(["a\n", "bc"])
    var reader = LineReader(input.raw)
    #expect(try Self.regions(&reader).joined() == "a\nbc")
    let isCut = reader.endedWithoutNewline
    #expect(isCut)
  }

  @Test func emptyInputHasNoRegion() throws {
    let input = try Self.source([])
    var reader = LineReader(input.raw)
    #expect(try Self.regions(&reader).isEmpty)
    let isCut = reader.endedWithoutNewline
    #expect(!isCut)
  }

  @Test func aLineBeyondTheLimitIsRefused() throws {
    let input = try Self.source(["short\n", String(repeating: "x", count: 100)])
    #expect(throws: LineReader.Problem.tooLong(limit: 64)) {
      var reader = LineReader(input.raw, limit: 64, block: 16)
      _ = try Self.regions(&reader)
    }
  }

  @Test func aLineAsLongAsTheLimitIsRead() throws {
    let line = String(repeating: "x", count: 63) + "\n"
    let input = try Self.source([line, line])
    var reader = LineReader(input.raw, limit: 64, block: 16)
    #expect(try Self.regions(&reader).joined() == line + line)
  }
}
