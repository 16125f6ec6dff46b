import Codecs
import Columns

/// Encodes and compresses one column after another; keeps its buffers between them.
struct ChunkEncoder: ~Copyable {
  let options: WriterOptions
  var dictionary = DictionaryBuilder()
  var page = ByteBuffer()
  /// What trials have shown, by the column's path.
  var trials: [[String]: Trial] = [:]
  private var compressor: Compressor
  private var packed = ByteBuffer()

  init(_ options: WriterOptions) throws(CodecError) {
    self.options = options
    compressor = try Compressor(options.codec, level: options.level)
  }

  /// Writes the pages of `column` through `emit` and returns their description, whose offsets
  /// count from `offset`.
  mutating func encode(
    _ column: borrowing Column,
    at offset: Int,
    metadata: [(String, String)],
    emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> ColumnChunk {
    let physical = Physical(column.leaf.type)
    let encoding = try choose(column, physical)
    let usesDictionary = encoding == .dictionary
    // SAFETY: the builder's arrays stay as they are until the next chunk.
    let places = unsafe UnsafeBufferPointer(
      start: UnsafePointer(dictionary.firsts),
      count: dictionary.distinct
    )
    let statistics = unsafe Statistics(column, physical, places: usesDictionary ? places : nil)
    var chunk = ColumnChunk(
      physical: physical,
      path: column.leaf.path,
      codec: options.codec,
      metadata: metadata,
      statistics: statistics,
      slots: column.slots,
      encoding: encoding
    )
    var bitWidth: Int?
    if usesDictionary {
      chunk.dictionaryOffset = offset
      bitWidth = RunLengthEncoder.width(forMax: dictionary.distinct - 1)
      appendDictionary(column, physical)
      try unsafe flush(.dictionary(values: dictionary.distinct), &chunk, emit)
    }
    chunk.dataOffset = offset + chunk.compressed
    try unsafe encodePages(column, physical, bitWidth, &chunk, emit)
    return chunk
  }

  private mutating func encodePages(
    _ column: borrowing Column,
    _ physical: Physical,
    _ bitWidth: Int?,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let step = slotsPerPage(column, physical, bitWidth)
    var slot = 0
    var value = 0
    while slot < column.slots {
      let end = Levels.pageEnd(column, from: slot, step)
      let count = Levels.values(column, slot..<end)
      page.removeAll()
      Levels.append(column, slot..<end, to: &page)
      append(column, value..<value + count, physical, chunk.encoding)
      try unsafe flush(.data(slots: end - slot, chunk.encoding), &chunk, emit)
      chunk.dataPages += 1
      slot = end
      value += count
    }
  }

  /// Puts the distinct values in the place of the page.
  mutating func appendDictionary(_ column: borrowing Column, _ physical: Physical) {
    page.removeAll()
    // SAFETY: the builder's array stays as it is until the next chunk.
    let places = unsafe UnsafeBufferPointer(
      start: UnsafePointer(dictionary.firsts),
      count: dictionary.distinct
    )
    unsafe PlainEncoder.append(column, at: places, as: physical, to: &page)
  }

  /// Appends the values in `range` to the page.
  mutating func append(
    _ column: borrowing Column,
    _ range: Range<Int>,
    _ physical: Physical,
    _ encoding: PageEncoding
  ) {
    guard encoding == .dictionary else {
      ValueEncoder.append(column, range, as: physical, encoding, to: &page)
      return
    }
    let width = RunLengthEncoder.width(forMax: dictionary.distinct - 1)
    page.append(UInt8(width))
    // SAFETY: there is one index per value of the column.
    unsafe RunLengthEncoder.append(
      UnsafePointer(dictionary.indices) + range.lowerBound,
      count: range.count,
      width: width,
      to: &page
    )
  }

  /// Compresses what stands in `page`; returns the length, that of the page where there is no codec.
  mutating func pack() throws(CodecError) -> Int {
    guard options.codec != .uncompressed else { return page.count }
    packed.removeAll()
    let bound = compressor.bound(page.count)
    // SAFETY: `room` makes place for `bound` bytes.
    let room = unsafe UnsafeMutableRawBufferPointer(start: packed.room(bound), count: bound)
    let length = try unsafe compressor.compress(page.bytes, into: room)
    packed.advance(length)
    return length
  }

  /// Compresses what stands in `page` and emits it behind its header.
  private mutating func flush(
    _ kind: PageHeader.Kind,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let size = page.count
    let length = try pack()
    let header = PageHeader(kind: kind, uncompressed: size, compressed: length).bytes
    try unsafe header.withUnsafeBytes { try unsafe emit($0) }
    if options.codec == .uncompressed {
      try unsafe emit(page.bytes)
    } else {
      try unsafe emit(packed.bytes)
    }
    chunk.uncompressed += header.count + size
    chunk.compressed += header.count + length
  }

  func slotsPerPage(
    _ column: borrowing Column,
    _ physical: Physical,
    _ bitWidth: Int?
  ) -> Int {
    let bits: Int
    if let bitWidth {
      bits = bitWidth * column.count
    } else if let width = physical.width {
      bits = width * 8 * column.count
    } else {
      bits = column.storage == .boolean ? column.count : 8 * (column.heapSize + 4 * column.count)
    }
    let perSlot = max(1, bits / max(1, column.slots))
    return max(1, min(options.pageSize * 8 / perSlot, 1 << 20))
  }
}
