import Codecs
import Columns

/// Encodes and compresses one column after another; keeps its buffers between them.
struct ChunkEncoder: ~Copyable {
  let options: WriterOptions
  private var compressor: Compressor
  private var dictionary = DictionaryBuilder()
  private var page = ByteBuffer()
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
    let usesDictionary = buildDictionary(column, physical)
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
      slots: column.slots
    )
    var bitWidth: Int?
    if usesDictionary {
      chunk.dictionaryOffset = offset
      bitWidth = RunLengthEncoder.width(forMax: dictionary.distinct - 1)
      page.removeAll()
      unsafe PlainEncoder.append(column, at: places, as: physical, to: &page)
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
      if let bitWidth {
        page.append(UInt8(bitWidth))
        // SAFETY: there is one index per value of the column.
        unsafe RunLengthEncoder.append(
          UnsafePointer(dictionary.indices) + value,
          count: count,
          width: bitWidth,
          to: &page
        )
      } else {
        PlainEncoder.append(column, value..<value + count, as: physical, to: &page)
      }
      try unsafe flush(
        .data(slots: end - slot, bitWidth == nil ? .plain : .dictionary),
        &chunk,
        emit
      )
      chunk.dataPages += 1
      slot = end
      value += count
    }
  }

  /// Compresses what stands in `page` and emits it behind its header.
  private mutating func flush(
    _ kind: PageHeader.Kind,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let size = page.count
    var length = size
    if options.codec != .uncompressed {
      packed.removeAll()
      let bound = compressor.bound(size)
      // SAFETY: `room` makes place for `bound` bytes.
      let room = unsafe UnsafeMutableRawBufferPointer(start: packed.room(bound), count: bound)
      length = try unsafe compressor.compress(page.bytes, into: room)
      packed.advance(length)
    }
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

  /// Numbers the distinct values; false where PLAIN is smaller.
  private mutating func buildDictionary(
    _ column: borrowing Column,
    _ physical: Physical
  ) -> Bool {
    guard column.count > 1 else { return false }
    let limit = options.dictionaryLimit
    // SAFETY: values are read with a type of the storage's width.
    let built =
      switch column.storage {
      case .boolean: false
      case .int32, .float:
        unsafe dictionary.build(column.values(as: Int32.self), limit: limit / 4)
      case .int64, .double:
        unsafe dictionary.build(column.values(as: Int64.self), limit: limit / 8)
      case .int128, .fixed16:
        unsafe dictionary.build(column.values(as: Int128.self), limit: limit / 16)
      case .bytes:
        unsafe dictionary.build(column.ends, heap: column.heap, limit: limit / 8)
      }
    guard built else { return false }
    let distinct = dictionary.distinct
    let plain: Int
    let page: Int
    if let width = physical.width {
      plain = column.count * width
      page = distinct * width
    } else {
      plain = column.heapSize + 4 * column.count
      var bytes = 4 * distinct
      for number in 0..<distinct {
        bytes += unsafe column.bytes(at: Int(dictionary.firsts[number])).count
      }
      page = bytes
    }
    let bits = RunLengthEncoder.width(forMax: distinct - 1) * column.count
    return page <= limit && page + bits / 8 < plain
  }

  private func slotsPerPage(
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
