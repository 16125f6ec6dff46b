import Codecs
import Columns

/// Decodes the pages of one column chunk.
///
/// What a page claims is held against `limit` before memory is taken for it.
struct ChunkReader: ~Copyable {
  private let chunk: FooterReader.Chunk
  private let physical: Physical
  private let codec: Codec
  /// The bytes that the column may take.
  private let limit: Int
  /// The pages as they lie in the file.
  private let bytes: [UInt8]
  private var page = ByteBuffer()
  private var dictionary: Column?
  var checksChecksums = true

  init(
    _ chunk: FooterReader.Chunk,
    _ physical: Physical,
    _ bytes: [UInt8],
    limit: Int
  ) throws(ReadError) {
    guard let codec = Codec.allCases.first(where: { $0.number == chunk.codec }) else {
      throw .unsupported("the codec \(chunk.codecName)")
    }
    self.chunk = chunk
    self.physical = physical
    self.codec = codec
    self.limit = limit
    self.bytes = bytes
  }

  /// Appends everything to `column`.
  mutating func read(into column: inout Column) throws(ReadError) {
    var offset = 0
    while column.slots < chunk.slots {
      var thrift = ThriftReader(bytes, at: offset)
      let frame = try PageFrame(&thrift)
      offset = thrift.offset
      guard frame.compressed >= 0, frame.compressed <= bytes.count - offset else {
        throw .malformed("a page longer than its column chunk")
      }
      guard frame.uncompressed >= 0, frame.uncompressed <= limit else {
        throw .tooLarge(limit: limit)
      }
      try read(frame, offset..<offset + frame.compressed, into: &column)
      offset += frame.compressed
    }
    guard column.slots == chunk.slots else {
      throw .malformed("\(column.slots) values where the footer says \(chunk.slots)")
    }
  }

  private mutating func read(
    _ frame: PageFrame,
    _ place: Range<Int>,
    into column: inout Column
  ) throws(ReadError) {
    // SAFETY: the bytes stay in place during the call, and the range is inside them.
    let outcome = unsafe bytes.withUnsafeBytes { bytes in
      Result { () throws(ReadError) in
        let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[place])
        if checksChecksums, let checksum = frame.checksum, unsafe Checksum.crc32(body) != checksum {
          throw .malformed("a page that does not match its checksum")
        }
        unsafe try read(frame, body, into: &column)
      }
    }
    try outcome.get()
  }

  private mutating func read(
    _ frame: PageFrame,
    _ body: UnsafeRawBufferPointer,
    into column: inout Column
  ) throws(ReadError) {
    switch frame.kind {
    case .other: return
    case .dictionary(let values):
      unsafe try unpack(body, frame.uncompressed)
      try readDictionary(values, column.leaf)
    case .data(let slots, let encoding):
      unsafe try unpack(body, frame.uncompressed)
      var reader = unsafe ByteReader(unsafe page.bytes)
      try check(slots, column)
      let levels = try LevelDecoder(column.leaf, slots: slots, from: &reader, lengths: nil)
      try append(levels, encoding, &reader, to: &column)
    case .data2(let header):
      var reader = unsafe ByteReader(unsafe body)
      try check(header.slots, column)
      let levels = try LevelDecoder(
        column.leaf,
        slots: header.slots,
        from: &reader,
        lengths: (header.repetitionBytes, header.definitionBytes)
      )
      let size = frame.uncompressed - (body.count - reader.count)
      guard size >= 0 else { throw .malformed("levels longer than their page") }
      unsafe try unpack(try reader.take(reader.count), size, isCompressed: header.isCompressed)
      var values = unsafe ByteReader(unsafe page.bytes)
      try append(levels, header.encoding, &values, to: &column)
    }
  }

  /// Refuses a page with more slots than the chunk has left or than there is room for.
  private func check(_ slots: Int, _ column: borrowing Column) throws(ReadError) {
    guard slots > 0, slots <= chunk.slots - column.slots else {
      throw .malformed("a page of \(slots) values")
    }
    let perSlot = column.storage.width + 2
    guard column.slots + slots <= limit / perSlot else { throw .tooLarge(limit: limit) }
  }

  /// Decompresses into `page`, `size` bytes in all.
  private mutating func unpack(
    _ body: UnsafeRawBufferPointer,
    _ size: Int,
    isCompressed: Bool = true
  ) throws(ReadError) {
    page.removeAll()
    // SAFETY: `room` makes place for `size` bytes.
    let room = unsafe UnsafeMutableRawBufferPointer(start: page.room(size), count: size)
    let codec = isCompressed && size > 0 ? codec : .uncompressed
    do throws(CodecError) {
      if size > 0 { unsafe try codec.decompress(body, into: room) }
    } catch {
      throw .malformed("a page that is not compressed by \(codec.rawValue)")
    }
    page.advance(size)
  }

  private mutating func readDictionary(_ values: Int, _ leaf: Leaf) throws(ReadError) {
    guard dictionary == nil else { throw .malformed("a second dictionary") }
    guard values >= 0, values <= limit / 16 else { throw .tooLarge(limit: limit) }
    var reader = unsafe ByteReader(unsafe page.bytes)
    var column = Column(leaf)
    try PlainDecoder.append(values, as: physical, from: &reader, to: &column, limit: limit)
    dictionary = consume column
  }

  private func append(
    _ levels: borrowing LevelDecoder,
    _ encoding: Int,
    _ reader: inout ByteReader,
    to column: inout Column
  ) throws(ReadError) {
    if column.isRepeated, column.slots == 0, levels.repetitions.first != 0 {
      throw .malformed("a first value that goes on with a row before it")
    }
    let definitions = levels.definitions
    let repetitions = levels.repetitions
    // SAFETY: both arrays stay in place during the call.
    let count = unsafe definitions.withUnsafeBufferPointer { definitions in
      unsafe repetitions.withUnsafeBufferPointer { repetitions in
        unsafe column.appendSlots(definitions: definitions, repetitions: repetitions)
      }
    }
    guard count > 0 else { return }
    // PLAIN_DICTIONARY is the older name of the same.
    guard let encoding = PageEncoding(rawValue: encoding == 2 ? 8 : encoding) else {
      throw .unsupported("encoding \(encoding)")
    }
    guard encoding == .dictionary else {
      return try ValueDecoder.append(
        count,
        as: physical,
        encoding,
        from: &reader,
        to: &column,
        limit: limit
      )
    }
    try DictionaryDecoder.append(count, of: dictionary, from: &reader, to: &column, limit: limit)
  }
}
