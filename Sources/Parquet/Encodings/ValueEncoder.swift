import Columns

/// The values of a data page in any encoding but that of dictionary indices.
enum ValueEncoder {
  // SAFETY, for the whole file: ranges lie inside the column, which stays as it is meanwhile.

  /// Appends the values of `column` in `range`.
  static func append(
    _ column: borrowing Column,
    _ range: Range<Int>,
    as physical: Physical,
    _ encoding: PageEncoding,
    to page: inout ByteBuffer
  ) {
    switch encoding {
    case .plain, .dictionary: PlainEncoder.append(column, range, as: physical, to: &page)
    case .rle: appendBits(column, range, to: &page)
    case .byteStreamSplit:
      let start = page.count
      PlainEncoder.append(column, range, as: physical, to: &page)
      ByteStreamSplit.reorder(&page, from: start, width: physical.width ?? 1)
    case .delta: appendDeltas(column, range, physical, to: &page)
    case .deltaLength:
      unsafe withBytes(column, range) {
        unsafe DeltaBytesEncoder.appendLengths(range.count, to: &page, bytes: $0)
      }
    case .deltaBytes:
      unsafe withBytes(column, range) {
        unsafe DeltaBytesEncoder.appendSuffixes(range.count, to: &page, bytes: $0)
      }
    }
  }

  private static func appendBits(
    _ column: borrowing Column,
    _ range: Range<Int>,
    to page: inout ByteBuffer
  ) {
    let start = page.count
    page.append(littleEndian: 0)
    if let base = unsafe column.values(as: UInt8.self).baseAddress {
      unsafe RunLengthEncoder.append(
        base + range.lowerBound,
        count: range.count,
        width: 1,
        to: &page
      )
    }
    page.set(littleEndian: UInt32(page.count - start - 4), at: start)
  }

  private static func appendDeltas(
    _ column: borrowing Column,
    _ range: Range<Int>,
    _ physical: Physical,
    to page: inout ByteBuffer
  ) {
    let first = range.lowerBound
    if column.storage == .int32 {
      let values = unsafe column.values(as: Int32.self)
      DeltaEncoder.append(range.count, to: &page) { unsafe values[first + $0] }
      return
    }
    let values = unsafe column.values(as: Int64.self)
    if physical == .int32 {
      DeltaEncoder.append(range.count, to: &page) {
        unsafe Int32(truncatingIfNeeded: values[first + $0])
      }
    } else {
      DeltaEncoder.append(range.count, to: &page) { unsafe values[first + $0] }
    }
  }

  /// Lends the values as byte strings.
  private static func withBytes(
    _ column: borrowing Column,
    _ range: Range<Int>,
    _ body: ((Int) -> UnsafeRawBufferPointer) -> Void
  ) {
    let first = range.lowerBound
    let ends = unsafe column.ends
    let heap = unsafe UnsafeRawBufferPointer(column.heap)
    unsafe body { index in
      let place = first + index
      let start = unsafe place == 0 ? 0 : Int(ends[place - 1])
      return unsafe UnsafeRawBufferPointer(rebasing: heap[start..<Int(ends[place])])
    }
  }
}
