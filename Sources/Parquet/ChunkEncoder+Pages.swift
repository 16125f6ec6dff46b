import Codecs
import Columns

extension ChunkEncoder {
  /// Returns the extremes of the pages that have any.
  mutating func encodePages(
    _ column: borrowing Column,
    _ physical: Physical,
    _ encodings: EncodingChoice,
    _ chunk: inout ColumnChunk,
    _ emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> [Extremes] {
    var slot = 0
    var value = 0
    var row = 0
    var all: [Extremes] = []
    while slot < column.slots {
      let isFirst = slot < encodings.firstSlots
      let encoding = isFirst ? encodings.first : encodings.rest
      let step = slotsPerPage(column, physical, encoding)
      let limit = isFirst ? encodings.firstSlots - slot : column.slots - slot
      let end = Levels.pageEnd(column, from: slot, min(step, limit))
      let values = value..<value + Levels.values(column, slot..<end)
      let rows = Levels.rows(column, slot..<end)
      page.removeAll()
      let levels = Levels.append(column, slot..<end, version: options.pageVersion, to: &page)
      append(column, values, physical, encoding)
      chunk.dataPages[encoding, default: 0] += 1
      let start = chunk.dataOffset + chunk.dataBytes
      if chunk.isVersion2 {
        let header = PageHeader.DataPage2(
          slots: end - slot,
          nulls: end - slot - values.count,
          rows: rows,
          encoding: encoding,
          repetitionBytes: levels.repetition,
          definitionBytes: levels.definition,
          // Not every reader takes nothing for the compressed form of nothing.
          isCompressed: options.codec != .uncompressed && !values.isEmpty
        )
        try unsafe flush(.data2(header), &chunk, emit)
      } else {
        try unsafe flush(.data(slots: end - slot, encoding), &chunk, emit)
      }
      let extremes = Extremes(column, places(values, of: column, encoding))
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
}
