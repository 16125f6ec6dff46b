import Columns

/// The repetition and definition levels of a data page.
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

  /// The slot at which the last row ends that needs none but the first `values` values.
  static func rowEnd(_ column: borrowing Column, before values: Int) -> Int {
    if values == column.count { return column.slots }
    let definition = unsafe column.definition
    let full = column.maxDefinition
    var slot = 0
    var count = 0
    while slot < column.slots {
      if unsafe definition[slot] == full {
        if count == values { break }
        count += 1
      }
      slot += 1
    }
    guard column.isRepeated else { return slot }
    let repetition = unsafe column.repetition
    while slot > 0, unsafe repetition[slot] != 0 { slot -= 1 }
    return slot
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

  /// How many rows begin in `slots`.
  static func rows(_ column: borrowing Column, _ slots: Range<Int>) -> Int {
    guard column.isRepeated else { return slots.count }
    let repetition = unsafe column.repetition
    var count = 0
    for slot in slots { count += unsafe repetition[slot] == 0 ? 1 : 0 }
    return count
  }

  /// Appends both levels, in version 1 each behind its length; one that cannot vary is left out.
  ///
  /// Returns how many bytes each takes.
  @discardableResult
  static func append(
    _ column: borrowing Column,
    _ slots: Range<Int>,
    version: Int,
    to page: inout ByteBuffer
  ) -> (repetition: Int, definition: Int) {
    let start = page.count
    if column.isRepeated {
      let width = RunLengthEncoder.width(forMax: Int(column.leaf.maxRepetition))
      unsafe append(column.repetition, slots, width, version, to: &page)
    }
    let middle = page.count
    guard column.maxDefinition > 0 else { return (middle - start, 0) }
    let width = RunLengthEncoder.width(forMax: Int(column.maxDefinition))
    if column.count == column.slots {
      framed(version, &page) { page in
        RunLengthEncoder.appendRun(
          UInt32(column.maxDefinition),
          count: slots.count,
          width: width,
          to: &page
        )
      }
    } else {
      unsafe append(column.definition, slots, width, version, to: &page)
    }
    return (middle - start, page.count - middle)
  }

  /// Puts the length before what `body` appends, in version 1.
  private static func framed(
    _ version: Int,
    _ page: inout ByteBuffer,
    _ body: (inout ByteBuffer) -> Void
  ) {
    guard version == 1 else { return body(&page) }
    let start = page.count
    page.append(littleEndian: 0)
    body(&page)
    page.set(littleEndian: UInt32(page.count - start - 4), at: start)
  }

  private static func append(
    _ levels: UnsafeBufferPointer<UInt8>,
    _ slots: Range<Int>,
    _ width: Int,
    _ version: Int,
    to page: inout ByteBuffer
  ) {
    guard let base = levels.baseAddress else { return }
    framed(version, &page) { page in
      unsafe RunLengthEncoder.append(
        base + slots.lowerBound,
        count: slots.count,
        width: width,
        to: &page
      )
    }
  }
}
