import Codecs
import Columns

/// Encodes and compresses one column after another; keeps its buffers between them.
struct ChunkEncoder: ~Copyable {
  let options: WriterOptions
  var dictionary = DictionaryBuilder()
  var page = ByteBuffer()
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
    let encoding = try choose(column, physical, &trials)
    var chunk = ColumnChunk(
      physical: physical,
      path: column.leaf.path,
      codec: options.codec,
      metadata: metadata,
      statistics: Statistics(column, nil, physical, nulls: column.slots - column.count),
      sizes: SizeStatistics(column),
      slots: column.slots,
      encoding: encoding,
      isVersion2: options.pageVersion == 2
    )
    if encoding == .dictionary {
      chunk.dictionaryOffset = offset
      appendDictionary(column, physical)
      try unsafe flush(.dictionary(values: dictionary.distinct), &chunk, emit)
      chunk.statistics.distinct = dictionary.distinct
    }
    chunk.dataOffset = offset + chunk.compressed
    let extremes = try unsafe encodePages(column, physical, &chunk, emit)
    chunk.index.order = PageIndex.order(column, extremes)
    let places = extremes.flatMap { [UInt32($0.low), UInt32($0.high)] }
    chunk.statistics.set(Extremes(column, .list(places)), column, physical)
    if options.hasBloomFilter(column.leaf.path), physical != .boolean, column.count > 0 {
      chunk.bloomFilter = bloomFilter(column, physical, encoding)
    }
    return chunk
  }

  /// Returns the extremes of the pages that have any.
  private mutating func encodePages(
    _ column: borrowing Column,
    _ physical: Physical,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> [Extremes] {
    let step = slotsPerPage(column, physical, chunk.encoding)
    var slot = 0
    var value = 0
    var row = 0
    var all: [Extremes] = []
    while slot < column.slots {
      let end = Levels.pageEnd(column, from: slot, step)
      let values = value..<value + Levels.values(column, slot..<end)
      let rows = Levels.rows(column, slot..<end)
      page.removeAll()
      let levels = Levels.append(column, slot..<end, version: options.pageVersion, to: &page)
      append(column, values, physical, chunk.encoding)
      let start = chunk.dataOffset + chunk.dataBytes
      if chunk.isVersion2 {
        let header = PageHeader.DataPage2(
          slots: end - slot,
          nulls: end - slot - values.count,
          rows: rows,
          encoding: chunk.encoding,
          repetitionBytes: levels.repetition,
          definitionBytes: levels.definition,
          // Not every reader takes nothing for the compressed form of nothing.
          isCompressed: options.codec != .uncompressed && !values.isEmpty
        )
        try unsafe flush(.data2(header), &chunk, emit)
      } else {
        try unsafe flush(.data(slots: end - slot, chunk.encoding), &chunk, emit)
      }
      let extremes = Extremes(column, places(values, of: column, chunk.encoding))
      all += extremes.map { [$0] } ?? []
      chunk.index.pages.append(
        PageIndex.Page(
          offset: start,
          size: chunk.dataOffset + chunk.dataBytes - start,
          firstRow: row,
          values: values.count,
          statistics: Statistics(
            column,
            extremes,
            physical,
            nulls: end - slot - values.count
          )
        )
      )
      slot = end
      value = values.upperBound
      row += rows
    }
    return all
  }

  /// Where the values in `range` stand, equal ones once where there is a dictionary.
  private func places(
    _ range: Range<Int>,
    of column: borrowing Column,
    _ encoding: PageEncoding
  ) -> Places {
    guard encoding == .dictionary else { return .range(range) }
    // SAFETY: both arrays have as many numbers as the builder says.
    if range.count == column.count {
      return .list((0..<dictionary.distinct).map { unsafe dictionary.firsts[$0] })
    }
    var isSeen = [Bool](repeating: false, count: dictionary.distinct)
    var list: [UInt32] = []
    for place in range {
      let number = unsafe Int(dictionary.indices[place])
      if isSeen[number] { continue }
      isSeen[number] = true
      unsafe list.append(dictionary.firsts[number])
    }
    return .list(list)
  }

  private mutating func bloomFilter(
    _ column: borrowing Column,
    _ physical: Physical,
    _ encoding: PageEncoding
  ) -> [UInt8] {
    let isNumbered = encoding == .dictionary
    var filter = BloomFilter(distinct: isNumbered ? dictionary.distinct : column.count)
    func insert(_ place: Int, _ column: borrowing Column, _ page: inout ByteBuffer) {
      // SAFETY: the place is below `column.count`.
      guard physical != .bytes else {
        return unsafe filter.insert(UnsafeRawBufferPointer(column.bytes(at: place)))
      }
      page.removeAll()
      PlainEncoder.append(column, place..<place + 1, as: physical, to: &page)
      unsafe filter.insert(page.bytes)
    }
    for index in 0..<(isNumbered ? dictionary.distinct : column.count) {
      // SAFETY: there are as many firsts as distinct values.
      insert(isNumbered ? unsafe Int(dictionary.firsts[index]) : index, column, &page)
    }
    return filter.bytes
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
    let length = try unsafe compressor.compress(values, into: room)
    packed.advance(length)
    return packed.count
  }

  /// Compresses what stands in `page` and emits it behind its header.
  private mutating func flush(
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
