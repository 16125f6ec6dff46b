import Columns

extension ChunkEncoder {
  /// The filter of the chunk that has just been encoded: what a dictionary has is hashed once.
  mutating func bloomFilter(
    _ column: borrowing Column,
    _ physical: Physical
  ) -> [UInt8] {
    let covered = dictionarySlots > 0 ? dictionary.covered : 0
    let distinct = covered > 0 ? dictionary.distinct : 0
    var filter = BloomFilter(distinct: distinct + column.count - covered)
    func insert(_ place: Int, _ column: borrowing Column, _ page: inout ByteBuffer) {
      // SAFETY: the place is below `column.count`.
      guard physical != .bytes else {
        return unsafe filter.insert(UnsafeRawBufferPointer(column.bytes(at: place)))
      }
      page.removeAll()
      PlainEncoder.append(column, place..<place + 1, as: physical, to: &page)
      unsafe filter.insert(page.bytes)
    }
    // SAFETY: there are as many firsts as distinct values.
    for number in 0..<distinct { insert(unsafe Int(dictionary.firsts[number]), column, &page) }
    for place in covered..<column.count { insert(place, column, &page) }
    return filter.bytes
  }
}
