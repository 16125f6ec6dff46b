import Codecs
import Columns

/// Encodes and compresses one column after another; keeps its buffers between them.
struct ChunkEncoder: ~Copyable {
  let options: WriterOptions
  var dictionary = DictionaryBuilder()
  /// How many of the chunk's first slots the dictionary serves.
  var dictionarySlots = 0
  var page = ByteBuffer()
  /// Whether numbers of equal width stand in `page`.
  private var isNumbers = false
  private var compressor: Compressor
  private var packed = ByteBuffer()

  init(_ options: WriterOptions) throws(CodecError) {
    self.options = options
    compressor = try Compressor(options.codec, level: options.level)
  }

  /// Writes the pages of `column` through `emit` and returns their description, whose offsets
  /// count from `offset`; `trials` are those of the file.
  mutating func encode(
    _ column: borrowing Column,
    at offset: Int,
    metadata: [(String, String)],
    trials: inout Trials,
    emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> ColumnChunk {
    let physical = Physical(column.leaf.type)
    let encodings = try choose(column, physical, &trials)
    var chunk = ColumnChunk(
      physical: physical,
      path: column.leaf.path,
      codec: options.codec,
      metadata: metadata,
      statistics: Statistics(column, nil, physical, nulls: column.slots - column.count),
      sizes: SizeStatistics(column),
      slots: column.slots,
      isVersion2: options.pageVersion == 2
    )
    if encodings.first == .dictionary {
      chunk.dictionaryOffset = offset
      appendDictionary(column, physical)
      try unsafe flush(.dictionary(values: dictionary.distinct), &chunk, emit)
      if dictionary.covered == column.count { chunk.statistics.distinct = dictionary.distinct }
    }
    chunk.dataOffset = offset + chunk.compressed
    let extremes = try unsafe encodePages(column, physical, encodings, &chunk, emit)
    chunk.index.order = PageIndex.order(column, extremes)
    let places = extremes.flatMap { [UInt32($0.low), UInt32($0.high)] }
    chunk.statistics.set(Extremes(column, .list(places)), column, physical)
    // DuckDB looks for the hash of a 32-bit number in the filter of 16-bit ones, and loses rows.
    let canFilter = physical != .boolean && column.leaf.type != .float16
    if options.hasBloomFilter(column.leaf.path), canFilter, column.count > 0 {
      chunk.bloomFilter = bloomFilter(column, physical)
    }
    return chunk
  }

  /// Puts the distinct values in the place of the page.
  mutating func appendDictionary(_ column: borrowing Column, _ physical: Physical) {
    page.removeAll()
    isNumbers = physical.width != nil
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
    isNumbers = encoding == .plain && physical.width != nil
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

  /// Compresses what stands in `page` but its first `levels` bytes; returns the length of both.
  mutating func pack(levels: Int = 0, isCompressed: Bool = true) throws(CodecError) -> Int {
    packed.removeAll()
    let values = unsafe UnsafeRawBufferPointer(rebasing: page.bytes[levels...])
    unsafe packed.append(UnsafeRawBufferPointer(rebasing: page.bytes[..<levels]))
    if options.codec == .uncompressed || !isCompressed {
      unsafe packed.append(values)
      return packed.count
    }
    let bound = compressor.bound(values.count)
    // SAFETY: `room` makes place for `bound` bytes.
    let room = unsafe UnsafeMutableRawBufferPointer(start: packed.room(bound), count: bound)
    let length = try unsafe compressor.compress(values, into: room, isNumbers: isNumbers)
    packed.advance(length)
    return packed.count
  }

  /// Compresses what stands in `page` and emits it behind its header.
  mutating func flush(
    _ kind: PageHeader.Kind,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let size = page.count
    var levels = 0
    var isCompressed = true
    if case .data2(let header) = kind {
      levels = header.repetitionBytes + header.definitionBytes
      isCompressed = header.isCompressed
    }
    let length = try pack(levels: levels, isCompressed: isCompressed)
    let header = PageHeader(
      kind: kind,
      uncompressed: size,
      compressed: length,
      checksum: unsafe Checksum.crc32(packed.bytes)
    ).bytes
    try unsafe header.withUnsafeBytes { try unsafe emit($0) }
    try unsafe emit(packed.bytes)
    chunk.uncompressed += header.count + size
    chunk.compressed += header.count + length
  }

  func slotsPerPage(
    _ column: borrowing Column,
    _ physical: Physical,
    _ encoding: PageEncoding
  ) -> Int {
    let bits: Int
    if encoding == .dictionary {
      bits = RunLengthEncoder.width(forMax: dictionary.distinct - 1) * column.count
    } else if let width = physical.width {
      bits = width * 8 * column.count
    } else {
      bits = column.storage == .boolean ? column.count : 8 * (column.heapSize + 4 * column.count)
    }
    let perSlot = max(1, bits / max(1, column.slots))
    return max(1, min(options.pageSize * 8 / perSlot, 1 << 20))
  }
}
