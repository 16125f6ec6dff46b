import Codecs
import ConnectorKit
import Wire

/// The text of a file as UTF-8.
///
/// It is decompressed, its byte-order mark is removed, other encodings are translated; what is
/// UTF-8 already passes unchecked.
@safe
struct TextSource: ~Copyable {
  private static let chunkSize = 1 << 16

  /// The encoding that was found.
  private(set) var encoding: TextEncoding
  /// The length of the byte-order mark.
  private(set) var mark = 0
  private var bytes: ByteSource
  // SAFETY, for the whole file: the chunk is the source's own and `filled` at most its size; what
  // is written to `room` is bounded by the number of bytes that are translated at once.
  private let chunk: UnsafeMutablePointer<UInt8>
  private var filled = 0
  private var translated = 0

  var path: String { bytes.path }
  /// Whether a place in the text is a place in the file.
  var isSeekable: Bool { encoding == .utf8 && bytes.codec == .uncompressed }

  /// Opens a file.
  static func open(_ path: String, _ encoding: TextEncoding) throws(Failure) -> TextSource {
    var source = TextSource(try ByteSource.open(path), encoding)
    try source.look()
    return source
  }

  private init(_ bytes: consuming ByteSource, _ encoding: TextEncoding) {
    self.bytes = bytes
    self.encoding = encoding
    unsafe chunk = .allocate(capacity: Self.chunkSize)
  }

  /// Settles the encoding by the first bytes.
  private mutating func look() throws(Failure) {
    while filled < 4 {
      let room = unsafe UnsafeMutableRawBufferPointer(start: chunk + filled, count: 4 - filled)
      let more = unsafe try bytes.read(into: room)
      if more == 0 { break }
      filled += more
    }
    let head = unsafe Array(UnsafeBufferPointer(start: chunk, count: filled))
    (encoding, mark) = encoding.resolved(head)
    translated = mark
    if encoding == .utf8, head.count >= 2, head.contains(0) {
      let order = head[0] == 0 ? TextEncoding.utf16BigEndian : .utf16LittleEndian
      throw Failure(
        .data,
        "\(path):1: the text is not UTF-8: it has zero bytes",
        hint: "If it is UTF-16, set \"encoding\": \"\(order.rawValue)\"."
      )
    }
  }

  deinit { unsafe chunk.deallocate() }

  /// Fills `room`, at least 64 bytes, as far as it can; 0 is the end.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if encoding == .utf8 {
      guard translated < filled else { return unsafe try bytes.read(into: room) }
      let head = unsafe UnsafeRawBufferPointer(
        start: chunk + translated,
        count: filled - translated
      )
      unsafe room.copyMemory(from: head)
      translated = filled
      return head.count
    }
    guard let base = unsafe room.bindMemory(to: UInt8.self).baseAddress else { return 0 }
    while true {
      unsafe chunk.update(from: chunk + translated, count: filled - translated)
      filled -= translated
      translated = 0
      let free = unsafe UnsafeMutableRawBufferPointer(
        start: chunk + filled,
        count: Self.chunkSize - filled
      )
      let more = unsafe try free.isEmpty ? 0 : bytes.read(into: free)
      filled += more
      guard filled > 0 else { return 0 }
      // A byte becomes at most three.
      let limit = min(filled, room.count / 3)
      let written = unsafe try translate(limit, isLast: more == 0 && limit == filled, into: base)
      if written > 0 { return written }
      if more == 0, translated == 0 { throw invalid() }
    }
  }

  /// Goes on at `offset` of the file; only where `isSeekable`.
  mutating func seek(to offset: Int) throws(Failure) {
    try bytes.seek(to: offset)
    translated = filled
  }

  private mutating func translate(
    _ limit: Int,
    isLast: Bool,
    into room: UnsafeMutablePointer<UInt8>
  ) throws(Failure) -> Int {
    var out = unsafe room
    var index = 0
    switch encoding {
    case .utf8: break
    case .latin1, .windows1252:
      while index < limit {
        let byte = unsafe chunk[index]
        index += 1
        let isWindows = encoding == .windows1252 && byte >= 0x80 && byte < 0xA0
        unsafe Self.put(
          isWindows ? UInt32(TextEncoding.windowsCharacters[Int(byte) - 0x80]) : UInt32(byte),
          &out
        )
      }
    case .utf16, .utf16LittleEndian, .utf16BigEndian:
      let low = encoding == .utf16BigEndian ? 1 : 0
      func unit(_ index: Int) -> UInt32 {
        unsafe UInt32(chunk[index + low]) | UInt32(chunk[index + 1 - low]) << 8
      }
      while index + 2 <= limit {
        let first = unit(index)
        if first & 0xF800 != 0xD800 {
          unsafe Self.put(first, &out)
          index += 2
        } else {
          if index + 4 > limit, !isLast { break }
          guard first < 0xDC00, index + 4 <= limit, unit(index + 2) & 0xFC00 == 0xDC00 else {
            throw invalid()
          }
          unsafe Self.put(0x10000 + ((first & 0x3FF) << 10 | unit(index + 2) & 0x3FF), &out)
          index += 4
        }
      }
      if isLast, index < limit { throw invalid() }
    }
    translated = index
    return unsafe out - room
  }

  private func invalid() -> Failure {
    Failure(
      .data,
      "\(path): the text is not valid UTF-16: half a character",
      hint: "The file was cut, or has another \"encoding\"."
    )
  }

  @inline(__always)
  private static func put(_ scalar: UInt32, _ out: inout UnsafeMutablePointer<UInt8>) {
    func push(_ byte: UInt32) {
      unsafe out.pointee = UInt8(truncatingIfNeeded: byte)
      unsafe out += 1
    }
    if scalar < 0x80 {
      push(scalar)
    } else if scalar < 0x800 {
      push(0xC0 | scalar >> 6)
      push(0x80 | scalar & 0x3F)
    } else if scalar < 0x10000 {
      push(0xE0 | scalar >> 12)
      push(0x80 | scalar >> 6 & 0x3F)
      push(0x80 | scalar & 0x3F)
    } else {
      push(0xF0 | scalar >> 18)
      push(0x80 | scalar >> 12 & 0x3F)
      push(0x80 | scalar >> 6 & 0x3F)
      push(0x80 | scalar & 0x3F)
    }
  }
}
