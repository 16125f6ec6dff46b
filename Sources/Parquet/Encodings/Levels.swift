import Columns

/// The repetition and definition levels of a data page, version 1.
enum Levels {
  // SAFETY, for the whole file: slots lie below `column.slots`.

  /// The slot at which a page that begins at `start` ends: about `step` on, between two rows.
  static func pageEnd(_ column: borrowing Column, from start: Int, _ step: Int) -> Int {
    var end = min(start + step, column.slots)
    guard column.isRepeated else { return end }
    let repetition = unsafe column.repetition
    while end < column.slots, unsafe repetition[end] != 0 { end += 1 }
    return end
  }

  /// How many of `slots` hold a value.
  static func values(_ column: borrowing Column, _ slots: Range<Int>) -> Int {
    if column.count == column.slots { return slots.count }
    let definition = unsafe column.definition
    let full = column.maxDefinition
    var count = 0
    for slot in slots { count += unsafe definition[slot] == full ? 1 : 0 }
    return count
  }

  /// Appends both levels, each behind its length; a level that cannot vary is left out.
  static func append(_ column: borrowing Column, _ slots: Range<Int>, to page: inout ByteBuffer) {
    if column.isRepeated {
      let width = RunLengthEncoder.width(forMax: Int(column.leaf.maxRepetition))
      unsafe append(column.repetition, slots, width, to: &page)
    }
    guard column.maxDefinition > 0 else { return }
    let width = RunLengthEncoder.width(forMax: Int(column.maxDefinition))
    if column.count == column.slots {
      let start = page.count
      page.append(littleEndian: 0)
      RunLengthEncoder.appendRun(
        UInt32(column.maxDefinition),
        count: slots.count,
        width: width,
        to: &page
      )
      page.set(littleEndian: UInt32(page.count - start - 4), at: start)
    } else {
      unsafe append(column.definition, slots, width, to: &page)
    }
  }

  private static func append(
    _ levels: UnsafeBufferPointer<UInt8>,
    _ slots: Range<Int>,
    _ width: Int,
    to page: inout ByteBuffer
  ) {
    let start = page.count
    page.append(littleEndian: 0)
    if let base = levels.baseAddress {
      unsafe RunLengthEncoder.append(
        base + slots.lowerBound,
        count: slots.count,
        width: width,
        to: &page
      )
    }
    page.set(littleEndian: UInt32(page.count - start - 4), at: start)
  }
}
